/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that a macro of <klpmake.h> made: the author has written which symbol is meant. */
#ifndef KLP_RESOLVE_MACRO_H
#define KLP_RESOLVE_MACRO_H

#include "image/objects.h"
#include "klp/macro_name.h"
#include "resolve/outcome.h"
#include "resolve/scope.h"

/* KLP_STATIC_LOCAL(): by DWARF's scopes, never by the number that the compiler gave it. */
struct resolved resolve_static_local(const struct objects *objects, const struct source *source,
				     const struct scope *scope, const struct asm_name *name);

/* KLP_SYMBOL() and KLP_RELOC_SYMBOL(): at that position, which has to exist. */
struct resolved resolve_at_position(struct objects *objects, const struct source *source,
				    const struct asm_name *name);

#endif
