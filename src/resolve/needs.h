/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a copy of a function needs: all that its body refers to, and in turn the bodies of those
 * functions that have no code of their own and have to be copied, too. DWARF has the calls and the
 * inlined functions within each copy of a body, its code has the variables. Macros and constants
 * are in neither.
 */
#ifndef KLP_NEEDS_H
#define KLP_NEEDS_H

#include <stdio.h>

#include "patch/source.h"
#include "resolve/advice.h"

/*
 * The names that a copy of the function needs, as lines that each begin with "\n" and PREFIX: what
 * to write for each, the headers, and what the patch's source has already. *ret is NULL when
 * there is nothing. To be freed. error() and -1 when the debug information is damaged.
 */
int needs_of(struct advice_unit *u, const struct source *source, const struct def *def,
	     const char *prefix, char **ret);

#endif
