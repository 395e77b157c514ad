// SPDX-License-Identifier: GPL-2.0-only
/* The livepatch structures' members from DWARF: see layout.h. */
#include "layout.h"

#include <string.h>

#include "dwarf_file.h"
#include "units.h"
#include "util.h"

struct member {
	const char *name;
	size_t *offset;
};

struct structure {
	const char *name;
	size_t *size;
	struct member member[4]; /* ends with a NULL name */
	bool optional;		 /* not every kernel has it */
};

struct search {
	struct structure s[5];
	size_t found;
};

static int read_member(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	const struct structure *s = arg;
	const char *name;
	uint64_t off;
	Dwarf_Half tag;

	(void)d;
	if (!die_tag(die, &tag) || tag != DW_TAG_member || !die_string(die, DW_AT_name, &name) ||
	    !die_number(die, DW_AT_data_member_location, &off))
		return 0;
	for (const struct member *m = s->member; m->name; m++) {
		if (!strcmp(m->name, name))
			*m->offset = off;
	}
	return 0;
}

/* A top-level DIE: 1 when the last structure has been found, which ends the walk. */
static int read_structure(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct search *search = arg;
	const char *name;
	uint64_t size;
	Dwarf_Half tag;

	if (!die_tag(die, &tag) || tag != DW_TAG_structure_type ||
	    !die_string(die, DW_AT_name, &name) || !die_number(die, DW_AT_byte_size, &size))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(search->s); i++) {
		struct structure *s = &search->s[i];

		if (strcmp(s->name, name) != 0 || *s->size)
			continue;
		*s->size = size;
		if (dwarf_file_children(d, die, read_member, s) < 0)
			return -1;
		search->found++;
	}
	return search->found == ARRAY_SIZE(search->s);
}

static int search_unit(struct dwarf_file *d, Dwarf_Die unit, struct search *search)
{
	int status = dwarf_file_children(d, unit, read_structure, search);

	dwarf_dealloc_die(unit);
	return status;
}

/* Each unit of a module is read until all is found; of vmlinux only livepatch's own. */
static int search_module(struct dwarf_file *d, struct search *search)
{
	int status = 0, more;
	Dwarf_Die unit;

	while (!status && (more = dwarf_file_next_unit(d, &unit)) != 0)
		status = more < 0 ? -1 : search_unit(d, unit, search);
	return status;
}

/* The unit of livepatch's core: the one that defines klp_enable_patch(). */
static int find_core(struct dwarf_file *d, Dwarf_Off *ret)
{
	struct unit_query q = {.path = "kernel/livepatch/core.c"};
	int status;

	*ret = 0;
	for (size_t i = 1; i < d->elf->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(d->elf, i, &s);
		if (!strcmp(s.name, "klp_enable_patch"))
			units_at(d, &s.sym.st_value, 1, ret);
	}
	if (*ret)
		return 0;
	/* No .debug_aranges: all units have to be looked at. */
	status = units_find(d, &q, 1);
	if (q.n)
		*ret = q.unit[0].die;
	units_free(&q, 1);
	return status;
}

static int search_vmlinux(struct dwarf_file *d, struct search *search)
{
	Dwarf_Die unit;
	Dwarf_Off off;

	if (find_core(d, &off))
		return -1;
	if (!off)
		return 0;
	return dwarf_file_die(d, off, &unit) ? -1 : search_unit(d, unit, search);
}

/* 1 when all that every kernel has was found, else 0. */
static int is_enough(const struct search *search)
{
	for (size_t i = 0; i < ARRAY_SIZE(search->s); i++) {
		if (!*search->s[i].size && !search->s[i].optional)
			return 0;
	}
	return 1;
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
	search->found = 0;
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
				  {"old_sympos", &ret->func_old_sympos}}},
				{"klp_object",
				 &ret->object_size,
				 {{"name", &ret->object_name}, {"funcs", &ret->object_funcs}}},
				{"klp_patch",
				 &ret->patch_size,
				 {{"mod", &ret->patch_mod},
				  {"objs", &ret->patch_objs},
				  {"states", &ret->patch_states}}},
				{"module", &ret->module_size, {{NULL, NULL}}},
				{"klp_state",
				 &ret->state_size,
				 {{"id", &ret->state_id}},
				 .optional = true},
			},
	};
	int status = 0;

	memset(ret, 0, sizeof(*ret));
	if (module)
		status = search_file(module, &search, search_module);
	if (status == 0)
		status = search_file(vmlinux, &search, search_vmlinux);
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
