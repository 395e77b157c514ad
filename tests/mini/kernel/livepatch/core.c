// SPDX-License-Identifier: GPL-2.0-only
/* Where the layout of struct klp_patch and its parts is read from. */
#include "mini.h"

static struct klp_patch *klp_patches;

int klp_enable_patch(struct klp_patch *patch)
{
	struct klp_func *func = patch->objs->funcs;

	klp_patches = patch;
	return func->patched;
}
EXPORT_SYMBOL_GPL(klp_enable_patch);
