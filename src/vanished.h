/* SPDX-License-Identifier: GPL-2.0-only */
/* What to patch instead of a function that has no symbol of the name that its author knows it by.
 */
#ifndef KLP_VANISHED_H
#define KLP_VANISHED_H

#include "defs.h"
#include "objects.h"

/*
 * Lists on stderr, below a message, the functions of an object that a function was inlined into,
 * with where that was called. Nothing when DWARF does not say.
 */
void print_inlined_into(const struct objects *objects, const struct object *object,
			const struct def *def);

#endif
