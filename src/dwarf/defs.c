// SPDX-License-Identifier: GPL-2.0-only
/* What a compile unit says of names: see dwarf/defs.h. */
#include "dwarf/defs.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/imports.h"
#include "dwarf/ranges.h"
#include "dwarf/units.h"

struct reader {
	struct defs *defs;
	const struct strmap *wanted;
	Dwarf_Off unit;
	bool no_code;
};

static struct def *find_or_add(struct reader *r, const char *name)
{
	size_t *i = strmap_add(&r->defs->index, name, r->defs->n);

	if (*i == r->defs->n) {
		GROW(r->defs->def, r->defs->n, r->defs->cap);
		memset(&r->defs->def[*i], 0, sizeof(*r->defs->def));
		r->defs->def[*i].name = name;
		r->defs->def[*i].unit = r->unit;
		r->defs->def[*i].imported = r->no_code;
		r->defs->n++;
	}
	return &r->defs->def[*i];
}

static void add_address(struct def *def, uint64_t addr)
{
	if (def->addrs < DEF_ADDRESSES)
		def->addr[def->addrs++] = addr;
}

/*
 * Takes over what one DIE says; origin is the DIE that it completes (an abstract one, a
 * declaration).
 */
static void merge(struct dwarf_file *d, struct def *def, Dwarf_Die die, bool origin)
{
	uint64_t value, addr[DEF_ADDRESSES];
	size_t n = 0;

	def->external |= die_flag(die, DW_AT_external);
	def->noreturn |= die_flag(die, DW_AT_noreturn);
	def->nocall |= die_nocall(die);
	if (die_number(die, DW_AT_inline, &value)) {
		def->inlined |= value == DW_INL_inlined || value == DW_INL_declared_inlined;
		def->defined = true;
	}
	if (!die_flag(die, DW_AT_declaration) && !origin)
		def->defined = true;
	if (die_number(die, DW_AT_decl_line, &value) && (!def->line || !origin)) {
		def->line = value;
		die_number(die, DW_AT_decl_file, &def->file);
	}
	if (origin)
		return;
	if (def->function)
		n = die_code_addresses(d, die, addr, DEF_ADDRESSES);
	else if (die_address(d, die, DW_AT_location, &addr[0]))
		n = 1;
	for (size_t i = 0; i < n; i++)
		add_address(def, addr[i]);
}

static int read_child(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct reader *r = arg;
	CLEANUP_DIE Dwarf_Die origin = NULL;
	const char *name;
	struct def *def;
	Dwarf_Half tag;
	Dwarf_Off off;

	if (!die_tag(die, &tag) || (tag != DW_TAG_subprogram && tag != DW_TAG_variable))
		return 0;
	if (!die_string(die, DW_AT_name, &name)) {
		if (!die_reference(die, DW_AT_abstract_origin, &off) &&
		    !die_reference(die, DW_AT_specification, &off))
			return 0;
		if (dwarf_file_die(d, off, &origin))
			return -1;
		if (!die_string(origin, DW_AT_name, &name))
			name = NULL;
	}
	if (name && (!r->wanted || strmap_get(r->wanted, name))) {
		def = find_or_add(r, name);
		def->function = tag == DW_TAG_subprogram;
		if (!def->die || origin || !die_flag(die, DW_AT_declaration))
			die_offset(origin ? origin : die, &def->die);
		if (origin)
			merge(d, def, origin, true);
		merge(d, def, die, false);
	}
	return 0;
}

int defs_read(struct dwarf_file *d, Dwarf_Off unit, const struct strmap *wanted, struct defs *ret)
{
	struct reader r = {.defs = ret, .wanted = wanted, .unit = unit};
	CLEANUP_DIE Dwarf_Die die = NULL;

	if (dwarf_file_die(d, unit, &die))
		return -1;
	r.no_code = !die_has(die, DW_AT_low_pc) && !die_has(die, DW_AT_ranges);
	strmap_free(&ret->index);
	return imports_children(d, die, read_child, &r);
}

const struct def *defs_find_data(const struct defs *defs, const char *name)
{
	for (size_t i = 0; i < defs->n; i++) {
		const struct def *def = &defs->def[i];

		if (!def->function && def->addrs && !strcmp(def->name, name))
			return def;
	}
	return NULL;
}

void def_place(struct dwarf_file *d, const struct def *def, char *buf, size_t size)
{
	/* With link-time optimisation its DIE is not in the unit of the code. */
	unit_place_of(d, def->die, def->unit, def->file, def->line, buf, size);
}

void defs_free(struct defs *defs)
{
	strmap_free(&defs->index);
	free(defs->def);
	memset(defs, 0, sizeof(*defs));
}
