// SPDX-License-Identifier: GPL-2.0-only
/* Sizes and members of the kernel's structures: see dwarf/structure.h. */
#include "dwarf/structure.h"

#include <string.h>

#include "base/util.h"
#include "dwarf/imports.h"
#include "dwarf/reduced.h"
#include "dwarf/units.h"

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

	return imports_children(d, unit, read_structure, &search);
}

/* From the end of the symbol table, where the global ones stand. */
static uint64_t address_of(const struct elf_file *elf, const char *const *functions)
{
	for (size_t i = elf->symnum; i-- > 1;) {
		struct elf_symbol s;

		elf_file_symbol(elf, i, &s);
		for (const char *const *name = functions; *name; name++) {
			if (!strcmp(s.name, *name))
				return s.sym.st_value;
		}
	}
	return 0;
}

/* Types that the compiler has taken out of the units which use them. */
static int read_type_units(struct dwarf_file *d, struct search *search)
{
	int status = 0, more = 0;
	Dwarf_Die unit;
	Dwarf_Half tag;

	/* The walk goes to its end, as the next one begins where this one stops. */
	while ((more = dwarf_file_next_unit(d, &unit)) > 0) {
		if (status >= 0 && !all_found(search) && die_tag(unit, &tag) &&
		    tag == DW_TAG_type_unit)
			status = dwarf_file_children(d, unit, read_structure, search);
		dwarf_dealloc_die(unit);
	}
	return more < 0 || status < 0 ? -1 : all_found(search);
}

int structures_read_beside(struct dwarf_file *d, const char *const *functions, const char *path,
			   struct structure *s, size_t n)
{
	struct search search = {s, n};
	CLEANUP_DIE Dwarf_Die unit = NULL;
	int status = unit_holding(d, address_of(d->elf, functions), path, &unit);

	if (status <= 0)
		return status;
	status = structures_read(d, unit, s, n);
	if (!status && reduced_to_type_units(d))
		status = read_type_units(d, &search);
	return status;
}

int structures_why_missing(struct dwarf_file *d, const char *const *functions, const char *path,
			   char **why)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;
	Dwarf_Off off;
	size_t size;
	int status = unit_holding(d, address_of(d->elf, functions), path, &unit);

	*why = NULL;
	if (status <= 0)
		return status;
	if (reduced_structures(unit))
		*why = xstrdup(
			"is reduced (CONFIG_DEBUG_INFO_REDUCED): it has no members of structures\n"
			"  use a kernel with that off");
	else if (dwarf_file_section(d, ".debug_types", &size))
		*why = xstrdup(
			"has its types in a section of their own (-fdebug-types-section with "
			"DWARF 4), which klpmake does not read\n"
			"  use a kernel that is compiled without that flag, or with DWARF 5");
	else if (die_offset(unit, &off))
		return reduced_names(d, off, why);
	return 0;
}
