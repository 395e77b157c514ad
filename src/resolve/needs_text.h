/* SPDX-License-Identifier: GPL-2.0-only */
/* What a copied function needs, for people. */
#ifndef KLP_NEEDS_TEXT_H
#define KLP_NEEDS_TEXT_H

#include "patch/source.h"
#include "resolve/needs.h"

/*
 * The names that a copy of the function needs, as lines that each begin with "\n" and PREFIX: what
 * to write for each, the headers, and what the patch's source has already. *ret is NULL when
 * there is nothing. To be freed. error() and -1 when the debug information is damaged.
 */
int needs_of(struct advice_unit *u, const struct source *source, const struct def *def,
	     const char *prefix, char **ret);

#endif
