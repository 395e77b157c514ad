/* SPDX-License-Identifier: GPL-2.0-only */
/* What to patch instead of a function that has no symbol of the name that its author knows it by.
 */
#ifndef KLP_VANISHED_H
#define KLP_VANISHED_H

#include "dwarf/defs.h"
#include "image/objects.h"
#include "patch/source.h"
#include "resolve/scope.h"

/*
 * Lists on stderr, below a message, the functions of an object that a function was inlined into,
 * with where that was called. Nothing when DWARF does not say.
 */
void print_inlined_into(const struct objects *objects, const struct object *object,
			const struct def *def);

/*
 * Lists on stderr, below a message, the functions that call a clone, which is the only code that is
 * left of a function, and for each that cannot be patched, why.
 */
void print_callers(const struct objects *objects, const struct object *object,
		   const struct ksym *clone);

/* Lists on stderr, below a message, what a copy of that function needs: needs_of(). */
void print_needs(const struct objects *objects, const struct source *source,
		 const struct scope *scope, const struct def *def);

#endif
