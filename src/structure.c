// SPDX-License-Identifier: GPL-2.0-only
/* Sizes and members of the kernel's structures: see structure.h. */
#include "structure.h"

#include <string.h>

#include "units.h"
#include "util.h"

struct search {
	struct structure *s;
	size_t n;
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

static bool all_found(const struct search *search)
{
	for (size_t i = 0; i < search->n; i++) {
		if (!*search->s[i].size)
			return false;
	}
	return true;
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
	for (size_t i = 0; i < search->n; i++) {
		struct structure *s = &search->s[i];

		if (strcmp(s->name, name) != 0 || *s->size)
			continue;
		*s->size = size;
		if (dwarf_file_children(d, die, read_member, s) < 0)
			return -1;
	}
	return all_found(search);
}

int structures_read(struct dwarf_file *d, Dwarf_Die unit, struct structure *s, size_t n)
{
	struct search search = {s, n};

	return dwarf_file_children(d, unit, read_structure, &search);
}

static uint64_t address_of(const struct elf_file *elf, const char *const *functions)
{
	uint64_t addr = 0;

	for (size_t i = 1; i < elf->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(elf, i, &s);
		for (const char *const *name = functions; *name; name++) {
			if (!strcmp(s.name, *name))
				addr = s.sym.st_value;
		}
	}
	return addr;
}

int structures_read_beside(struct dwarf_file *d, const char *const *functions, const char *path,
			   struct structure *s, size_t n)
{
	Dwarf_Die unit;
	int status = unit_holding(d, address_of(d->elf, functions), path, &unit);

	if (status <= 0)
		return status;
	status = structures_read(d, unit, s, n);
	dwarf_dealloc_die(unit);
	return status;
}
