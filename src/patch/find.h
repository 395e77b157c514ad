/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the struct klp_patch of a module stand. A member that the init code fills in is not in the
 * file: so one is found by either of the two that make it a patch.
 */
#ifndef KLP_PATCH_FIND_H
#define KLP_PATCH_FIND_H

#include "patch/parts.h"

/* A struct klp_patch in a section. */
struct patch_place {
	size_t section;
	uint64_t offset;
	const char *name; /* of the variable, or "(no name)" */
	enum patch_mod mod;
};

/*
 * Finds all of them, in the order of their places: a variable of that size whose .mod leads to
 * struct module, and a place whose .objs leads to what a list of objects looks like, whatever is
 * known of symbols. The caller frees *ret.
 */
size_t patch_find(const struct patch_reader *r, struct patch_place **ret);

#endif
