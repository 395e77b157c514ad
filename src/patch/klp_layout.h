/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the members of struct klp_patch and of what it consists of lie in this kernel, from DWARF:
 * the structures have grown and shrunk over the years, and distributions add members.
 */
#ifndef KLP_LAYOUT_H
#define KLP_LAYOUT_H

#include <stddef.h>

#include "elf/elf_file.h"

/* Offsets and sizes in bytes. */
struct klp_layout {
	size_t func_size, func_old_name, func_new_func, func_old_sympos;
	size_t object_size, object_name, object_funcs;
	size_t patch_size, patch_mod, patch_objs;
	size_t module_size; /* struct module */
	size_t module_name, module_init, module_exit;
	/* 0 where the kernel has no such thing. */
	size_t func_internal, object_internal, patch_internal; /* the first that is the kernel's */
	size_t patch_states, state_size, state_id;
	size_t patch_replace;
	size_t object_callbacks, callbacks_size;
	size_t object_hooks_load, object_hooks_unload, hook_size, hook_function; /* openEuler's */
};

/*
 * Reads the layout from the module's own DWARF or, when that has none or module is NULL, from
 * vmlinux's (kernel/livepatch/core.c). error() and -1 when neither knows it.
 */
int klp_layout_read(struct elf_file *module, struct elf_file *vmlinux, struct klp_layout *ret);

#endif
