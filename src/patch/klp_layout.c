// SPDX-License-Identifier: GPL-2.0-only
/* The livepatch structures' members from DWARF: see patch/klp_layout.h. */
#include "patch/klp_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "dwarf/file.h"
#include "dwarf/structure.h"
#include "dwarf/units.h"
#include "klp/format.h"

struct search {
	struct structure s[7];
};

/* 1 when all that every kernel has was found, else 0. */
static int is_enough(const struct search *search)
{
	for (size_t i = 0; i < ARRAY_SIZE(search->s); i++) {
		if (!*search->s[i].size && !search->s[i].optional)
			return 0;
	}
	return 1;
}

/*
 * The units of a module are read until one has enough of the members; members missing there do not
 * exist in the kernel. In vmlinux only livepatch's own unit is read.
 */
static int search_module(struct dwarf_file *d, struct search *search)
{
	int status = 0, more;
	Dwarf_Die unit;

	while (!is_enough(search) && status >= 0 && (more = dwarf_file_next_unit(d, &unit)) != 0) {
		if (more < 0)
			return -1;
		status = structures_read(d, unit, search->s, ARRAY_SIZE(search->s));
		dwarf_dealloc_die(unit);
	}
	return status;
}

/* Livepatch's core: the unit with the function that modules call. */
static int search_vmlinux(struct dwarf_file *d, struct search *search)
{
	static const char *const starters[] = {KLP_ENABLE, KLP_REGISTER, NULL};
	static const char core[] = "kernel/livepatch/core.c";
	int status = structures_read_beside(d, starters, core, search->s, ARRAY_SIZE(search->s));
	CLEANUP_FREE char *why = NULL;

	if (status < 0 || is_enough(search))
		return status;
	if (structures_why_missing(d, starters, core, &why))
		return -1;
	if (!why)
		return 0;
	error("'%s': the debug information of %s %s", d->elf->path, core, why);
	return -1;
}

static int search_file(struct elf_file *elf, struct search *search,
		       int (*how)(struct dwarf_file *, struct search *))
{
	struct dwarf_file *d;
	int status;

	if (!dwarf_file_present(elf))
		return 0;
	if (dwarf_file_open(elf, &d))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(search->s); i++)
		*search->s[i].size = 0;
	status = how(d, search);
	dwarf_file_close(d);
	return status < 0 ? -1 : is_enough(search);
}

/* Is an unsigned long at that offset within a structure of that size? */
static bool has_number(size_t size, size_t offset)
{
	return size >= 8 && offset <= size - 8;
}

int klp_layout_read(struct elf_file *module, struct elf_file *vmlinux, struct klp_layout *ret)
{
	struct search search = {
		.s =
			{
				{"klp_func",
				 &ret->func_size,
				 {{"old_name", &ret->func_old_name},
				  {"new_func", &ret->func_new_func},
				  {"old_sympos", &ret->func_old_sympos},
				  {"old_func", &ret->func_internal}}},
				{"klp_object",
				 &ret->object_size,
				 {{"name", &ret->object_name},
				  {"funcs", &ret->object_funcs},
				  {"callbacks", &ret->object_callbacks},
				  {"hooks_load", &ret->object_hooks_load},
				  {"hooks_unload", &ret->object_hooks_unload},
				  {"kobj", &ret->object_internal}}},
				{"klp_patch",
				 &ret->patch_size,
				 {{"mod", &ret->patch_mod},
				  {"objs", &ret->patch_objs},
				  {"states", &ret->patch_states},
				  {"replace", &ret->patch_replace},
				  {"list", &ret->patch_internal}}},
				{"module",
				 &ret->module_size,
				 {{"name", &ret->module_name},
				  {"init", &ret->module_init},
				  {"exit", &ret->module_exit}}},
				{"klp_state",
				 &ret->state_size,
				 {{"id", &ret->state_id}},
				 .optional = true},
				{"klp_callbacks", &ret->callbacks_size, .optional = true},
				{"klp_hook",
				 &ret->hook_size,
				 {{"hook", &ret->hook_function}},
				 .optional = true},
			},
	};
	int status = 0;

	memset(ret, 0, sizeof(*ret));
	if (module)
		status = search_file(module, &search, search_module);
	if (status == 0)
		status = search_file(vmlinux, &search, search_vmlinux);
	if (status == 0 && !dwarf_file_present(vmlinux))
		return dwarf_file_missing(vmlinux);
	if (status == 0)
		error("'%s': no debug information of struct klp_func, klp_object, klp_patch and "
		      "module in it: is CONFIG_LIVEPATCH on in this kernel?",
		      vmlinux->path);
	if (status == 1 && (ret->func_size < 24 || ret->object_size < 16 || ret->patch_size < 16 ||
			    !has_number(ret->func_size, ret->func_old_sympos) ||
			    (ret->state_size && !has_number(ret->state_size, ret->state_id)))) {
		error("'%s': its struct klp_func, klp_object, klp_patch or klp_state is too small",
		      module ? module->path : vmlinux->path);
		return -1;
	}
	return status == 1 ? 0 : -1;
}
