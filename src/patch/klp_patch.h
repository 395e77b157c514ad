/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The struct klp_patch of a module that has not been loaded: its objects with their functions,
 * and its states, read through the module's relocations.
 */
#ifndef KLP_PATCH_H
#define KLP_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/elf_file.h"
#include "elf/relocs.h"
#include "patch/klp_layout.h"

/* An array that an empty entry ends. */
struct patch_list {
	size_t section;	  /* 0: there is none */
	const char *name; /* of its variable, or "" */
	bool more;	  /* the variable goes on behind that entry, where the kernel never looks */
};

struct patch_func {
	const char *old_name; /* "" when NULL */
	uint64_t old_sympos;
	bool has_new_func;
	const char *new_name; /* symbol at new_func, or "" */
	bool new_global;      /* ... and whether it is a global one */
	const char *new_file; /* base name of the file that a static one is in, or NULL */
	size_t new_section;   /* ... and where that is; section 0: not in this module */
	uint64_t new_offset;
	size_t section; /* where the struct klp_func stands in the file, and two of its members */
	uint64_t sympos_offset, pointer_offset;
};

struct patch_object {
	const char *name;   /* NULL: vmlinux */
	uint64_t offset;    /* in patch.objs.section */
	bool has_funcs;	    /* funcs != NULL */
	bool has_callbacks; /* at least one */
	struct patch_list funcs;
	struct patch_list load, unload; /* openEuler's hooks */
	size_t loads, unloads;
	struct patch_func *func;
	size_t n;
};

/* Where a patch gets its .mod from, without which klp_enable_patch() refuses it. */
enum patch_mod {
	PATCH_MOD_NONE,
	PATCH_MOD_THIS,	 /* from its initialiser */
	PATCH_MOD_CODE,	 /* from code that refers to it and to struct module */
	PATCH_MOD_OTHER, /* it is something else */
};

struct patch {
	const char *symbol; /* name of the struct klp_patch variable, or of the section */
	size_t section;
	uint64_t offset;
	enum patch_mod mod;
	bool has_objs; /* objs != NULL */
	bool made;     /* the init code makes it from a list, which is not kept */
	bool replace;
	struct patch_list objs, states;
	struct patch_object *obj;
	size_t n;
	uint64_t *state; /* their ids */
	size_t state_num;
};

struct patches {
	struct patch *patch;
	size_t n;
};

/*
 * Reads every struct klp_patch that is in the file (patch/find.h), or the list from which the init
 * code makes one (patch/external.h). n is 0 when the module makes its patch in another way when it
 * runs. error() and -1 when an array has no end, or a pointer leads to where this file has no data.
 * Rule: kernel/livepatch/core.c, klp_init_patch(), klp_for_each_object_static();
 * kernel/livepatch/state.c, klp_for_each_state().
 */
int patches_read(const struct elf_file *module, const struct arch *arch,
		 const struct relocs *relocs, const struct klp_layout *layout, struct patches *ret);
void patches_free(struct patches *p);

/*
 * Is the pointer at a place the new_func of a struct klp_func of func's old function? Of those that
 * patches_read() found, or of one that looks so: code may put an array into a patch that is not
 * static, and the kernel would call such a function again and again if it were its own replacement.
 */
bool patch_is_new_func(const struct elf_file *module, const struct relocs *relocs,
		       const struct klp_layout *layout, const struct patch_func *func,
		       size_t section, uint64_t offset);

#endif
