/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbol versions (CONFIG_MODVERSIONS): the CRC that the module expects of each symbol it imports,
 * which is that of the headers it was compiled with.
 */
#ifndef KLP_CHECK_VERSIONS_H
#define KLP_CHECK_VERSIONS_H

#include "base/strmap.h"
#include "check/say.h"

struct versions {
	const char *section; /* where this kernel looks */
	bool present;
	struct strmap entry;	  /* name -> number of its CRC; the first of a name counts */
	const unsigned char *crc; /* of entry 0 */
	size_t step, width;	  /* bytes from one CRC to the next, bytes of one */
};

/* Asks the target for the name that tells whether it reads extended versions. */
void versions_want(struct check *c);

/*
 * Reads the versions that the target kernel will look at: "__versions", or the extended ones
 * ("__version_ext_crcs", names of any length) where both kernel and module have these; says what is
 * wrong with them as a whole.
 */
void versions_read(struct check *c, struct versions *ret);

/* kernel/module/version.c, check_version(): is it the version of this export? */
void versions_check(struct check *c, const struct versions *v, const struct symver *export);

void versions_free(struct versions *v);

#endif
