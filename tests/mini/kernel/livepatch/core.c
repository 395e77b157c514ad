// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the layout of struct klp_patch and its parts is read from; and, in a kernel without ftrace,
 * how much a jump overwrites.
 */
#include "mini.h"

static struct klp_patch *klp_patches;

#ifdef CONFIG_LIVEPATCH_WO_FTRACE
#ifndef KEPT
#define KEPT u8 old_insns[5]
#endif

struct arch_klp_data {
	KEPT;
	u32 saved_opcode;
};

struct klp_func_node {
	void *old_func;
	struct arch_klp_data arch_data;
};

int arch_klp_patch_func(struct klp_func *func);
int arch_klp_patch_func(struct klp_func *func)
{
	struct klp_func_node *node = func->func_node;

	return node->arch_data.saved_opcode == 1;
}

int klp_register_patch(struct klp_patch *patch)
{
	struct klp_hook *hook = patch->objs->hooks_load;

	klp_patches = patch;
	hook->hook();
	return arch_klp_patch_func(patch->objs->funcs);
}
EXPORT_SYMBOL_GPL(klp_register_patch);

int klp_unregister_patch(struct klp_patch *patch)
{
	return klp_patches == patch;
}
EXPORT_SYMBOL_GPL(klp_unregister_patch);
#else
int klp_enable_patch(struct klp_patch *patch)
{
	struct klp_func *func = patch->objs->funcs;

	klp_patches = patch;
	return func->patched;
}
EXPORT_SYMBOL_GPL(klp_enable_patch);
#endif
