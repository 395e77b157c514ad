/* SPDX-License-Identifier: GPL-2.0-only */
/* DW_AT_producer: which compiler made a unit, and with which flags. */
#ifndef KLP_PRODUCER_H
#define KLP_PRODUCER_H

#include <stddef.h>

struct producer {
	char *text;	      /* cut into words, to which the other members point */
	const char *compiler; /* "GNU C", "clang"; "" when it is neither */
	const char *version;  /* "12.2.0", or "" */
	const char **flag;
	size_t n, cap;
};

void producer_parse(struct producer *p, const char *text);
void producer_free(struct producer *p);

/*
 * The value that a flag ends up with: of "-mcmodel=" what stands behind the last one, of
 * "-fno-common" or "-fcommon" the last of the two, as it stands; "" when it is not there.
 */
const char *producer_flag(const struct producer *p, const char *flag);

#endif
