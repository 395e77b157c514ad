/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbol versions (CONFIG_MODVERSIONS): for each imported symbol the module has a CRC, taken from
 * the headers that it was compiled with, and the kernel's export has to have the same.
 */
#ifndef KLP_CHECK_VERSIONS_H
#define KLP_CHECK_VERSIONS_H

#include "base/strmap.h"
#include "check/say.h"

struct versions {
	const char *section; /* the section that this kernel reads */
	bool present;
	struct strmap entry;	  /* name -> number of its CRC; the first of a name counts */
	const unsigned char *crc; /* the CRC of entry 0 */
	size_t step, width;	  /* bytes from one CRC to the next; size of a CRC */
};

/* Asks the target for the symbol that tells whether the kernel reads extended versions. */
void versions_want(struct check *c);

/*
 * Reads the versions that the target kernel will use: the extended ones ("__version_ext_crcs", for
 * names of any length) if both kernel and module have them, else "__versions". Reports what is
 * wrong with the sections as a whole.
 */
void versions_read(struct check *c, struct versions *ret);

/* kernel/module/version.c, check_version(): does the module expect the CRC that this export has? */
void versions_check(struct check *c, const struct versions *v, const struct symver *export);

void versions_free(struct versions *v);

#endif
