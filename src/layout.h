/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the members of struct klp_patch and of what it consists of lie in this kernel, from DWARF:
 * the structures have grown and shrunk over the years, and distributions add members.
 */
#ifndef KLP_LAYOUT_H
#define KLP_LAYOUT_H

#include <stddef.h>

#include "elf_file.h"

/* Offsets and sizes in bytes. */
struct klp_layout {
	size_t func_size, func_old_name, func_new_func, func_old_sympos;
	size_t object_size, object_name, object_funcs;
	size_t patch_size, patch_mod, patch_objs, patch_states;
	size_t module_size;	     /* struct module */
	size_t state_size, state_id; /* 0 where the kernel has no such thing */
};

/*
 * Reads the layout from the module's own DWARF or, when that has none or module is NULL, from
 * vmlinux's (kernel/livepatch/core.c). error() and -1 when neither knows it.
 */
int klp_layout_read(struct elf_file *module, struct elf_file *vmlinux, struct klp_layout *ret);

#endif
