/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The struct klp_patch of a module that has not been loaded: its objects and functions, read
 * through the module's relocations.
 */
#ifndef KLP_PATCH_H
#define KLP_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf_file.h"
#include "layout.h"
#include "relocs.h"

struct patch_func {
	const char *old_name; /* "" when NULL */
	uint64_t old_sympos;
	bool has_new_func;
	size_t new_section; /* where new_func points to, 0: nowhere in this file */
	uint64_t new_offset;
	const char *new_name;  /* symbol at new_func, or "" */
	bool new_global;       /* ... and whether it is a global one */
	const char *new_file;  /* base name of the file that a static one is in, or NULL */
	size_t sympos_section; /* where old_sympos stands in the file */
	uint64_t sympos_offset;
};

struct patch_object {
	const char *name; /* NULL: vmlinux */
	bool has_funcs;	  /* funcs != NULL */
	struct patch_func *func;
	size_t n;
};

struct patch {
	const char *symbol; /* name of the struct klp_patch variable */
	struct patch_object *obj;
	size_t n;
};

struct patches {
	struct patch *patch;
	size_t n;
};

/*
 * Finds every static struct klp_patch: an object of that size in a data section whose member
 * mod points to __this_module. n is 0 when the module builds its patch at run time.
 * error() and -1 when an array runs out of its section.
 * Rule: kernel/livepatch/core.c, klp_init_patch(), klp_for_each_object_static().
 */
int patches_read(const struct elf_file *module, const struct relocs *relocs,
		 const struct klp_layout *layout, struct patches *ret);
void patches_free(struct patches *p);

#endif
