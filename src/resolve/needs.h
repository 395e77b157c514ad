/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a copy of a function needs: all that its body refers to, and in turn the bodies of those
 * functions that have no code of their own and have to be copied, too. DWARF has the calls and the
 * inlined functions within each copy of a body, its code has the variables. Macros and constants
 * are in neither.
 */
#ifndef KLP_NEEDS_H
#define KLP_NEEDS_H

#include <stddef.h>

#include "resolve/advice.h"

/* Definitions and declarations of the unit, as they stand in their files. */
struct needs {
	const struct def **def;
	size_t n;
};

/*
 * What a copy of a function of the unit refers to; its variables only where code_refs_known().
 * error() and -1 when the debug information is damaged.
 */
int needs_find(struct advice_unit *u, const struct def *def, struct needs *ret);

void needs_free(struct needs *n);

#endif
