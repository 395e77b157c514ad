/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that a patch replaces: their positions, from the tags of their new functions. */
#ifndef KLP_REPLACED_H
#define KLP_REPLACED_H

#include "klp/table.h"
#include "resolve/rules.h"
#include "resolve/scope.h"
#include "resolve/uses.h"

/* A function that a module replaces. */
struct replacement {
	const struct patch_module *module;
	const struct patch_func *func;
	struct resolved old; /* always RESOLVED_LIVEPATCH */
};

struct replacements {
	struct replacement *r;
	size_t n, cap;
};

/*
 * Decides which function each struct klp_func means, and adds the old_sympos that have to be filled
 * in, and the functions to what the module says of itself; errors are counted, not returned.
 */
void decide_functions(const struct resolver *r, const struct modules *mods,
		      const struct scopes *scopes, struct symtable *table,
		      struct replacements *ret);

#endif
