// SPDX-License-Identifier: GPL-2.0-only
/* From a symbol to its source line: see dwarf/locate.h. */
#include "dwarf/locate.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/defs.h"
#include "dwarf/units.h"

static bool is_function(const struct ksym *sym)
{
	return sym->elf_type == STT_FUNC || sym->type == 't' || sym->type == 'T';
}

/* A variable of C's. The assembler's and the linker script's have no type. */
static bool is_variable(const struct ksym *sym)
{
	return sym->elf_type == STT_OBJECT && !is_function(sym);
}

static void name_unit(struct dwarf_file *d, Dwarf_Off off, struct location *ret)
{
	Dwarf_Die unit;

	if (dwarf_file_die(d, off, &unit))
		return;
	snprintf(ret->unit, sizeof(ret->unit), "%s", unit_path(unit));
	dwarf_dealloc_die(unit);
}

/*
 * Finds the unit that defines each symbol: code by its address, data by a unit that names their
 * place.
 */
static int find_units(struct dwarf_file *d, const struct ksym *sym, size_t n, Dwarf_Off *unit)
{
	uint64_t *addr = xcalloc(n, sizeof(*addr));
	Dwarf_Off *mentioned = xcalloc(n, sizeof(*mentioned));
	bool data = false;
	int status = 0;

	for (size_t i = 0; i < n; i++)
		addr[i] = sym[i].addr;
	units_at(d, addr, n, unit);
	for (size_t i = 0; i < n; i++)
		data |= !unit[i] && is_variable(&sym[i]);
	if (data)
		status = mention_addresses(d, addr, n, mentioned);
	for (size_t i = 0; i < n; i++) {
		/* A unit that has the address 0 proves nothing: many have it. */
		if (!unit[i] && is_variable(&sym[i]) && addr[i])
			unit[i] = mentioned[i];
	}
	free(addr);
	free(mentioned);
	return status;
}

/*
 * For what is still unknown (no .debug_aranges): units whose source file has the base name that
 * the symbol table gives. Names with a dot are made by the compiler; no unit has them at file
 * scope.
 */
static int add_by_file(struct dwarf_file *d, const struct ksym *sym, size_t n,
		       const Dwarf_Off *unit, struct unit_set *set)
{
	struct unit_query *q = xcalloc(n, sizeof(*q));
	size_t queries = 0;
	int status = 0;

	for (size_t i = 0; i < n; i++) {
		if (!unit[i] && sym[i].file && !strchr(sym[i].name, '.'))
			q[queries++].path = sym[i].file;
	}
	if (queries)
		status = units_find(d, q, queries);
	for (size_t i = 0; i < queries; i++) {
		for (size_t j = 0; j < q[i].n; j++)
			unit_set_add(set, q[i].unit[j].die);
	}
	units_free(q, queries);
	free(q);
	return status;
}

/* Names with a dot are made by the compiler; units know them by others. */
static bool has_own_name(const struct ksym *sym)
{
	return is_variable(sym) && !strchr(sym->name, '.');
}

/*
 * Variables whose address leads to no unit: the first per-CPU ones lie at 0, and one without a size
 * (a lock_class_key without lockdep) lies where the next variable does. They are looked for by
 * name.
 */
static int add_by_name(struct dwarf_file *d, const struct ksym *sym, size_t n,
		       const struct location *known, struct unit_set *set)
{
	int status = 0;

	for (size_t i = 0; i < n && !status; i++) {
		if (has_own_name(&sym[i]) && !known[i].place[0])
			status = mention_name(d, sym[i].name, set);
	}
	return status;
}

/* Reads the units of the set and fills in the places of the symbols that they define. */
static int read_units(struct dwarf_file *d, const struct unit_set *set, const struct ksym *sym,
		      size_t n, struct location *ret)
{
	struct strmap wanted = {0};
	struct defs defs = {0};
	int status = 0;

	for (size_t i = 0; i < n; i++)
		strmap_add(&wanted, sym[i].name, 0);
	for (size_t i = 0; i < set->n && !status; i++)
		status = defs_read(d, set->off[i], &wanted, &defs);
	for (size_t i = 0; i < defs.n && !status; i++) {
		const struct def *def = &defs.def[i];

		for (size_t a = 0; a < def->addrs; a++) {
			for (size_t s = 0; s < n; s++) {
				if (ret[s].place[0] || !ksym_is_at(&sym[s], def->addr[a]) ||
				    strcmp(def->name, sym[s].name) != 0)
					continue;
				def_place(d, def, ret[s].place, sizeof(ret[s].place));
				name_unit(d, def->unit, &ret[s]);
			}
		}
	}
	defs_free(&defs);
	strmap_free(&wanted);
	return status;
}

int locate_units(struct dwarf_file *d, const struct ksym *sym, size_t n, Dwarf_Off *unit,
		 struct unit_set *ret)
{
	if (find_units(d, sym, n, unit))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (unit[i])
			unit_set_add(ret, unit[i]);
	}
	return add_by_file(d, sym, n, unit, ret);
}

int locate(struct dwarf_file *d, const struct ksym *sym, size_t n, struct location *ret)
{
	Dwarf_Off *unit = xcalloc(n, sizeof(*unit));
	struct unit_set set = {0}, named = {0};
	int status;

	memset(ret, 0, n * sizeof(*ret));
	status = locate_units(d, sym, n, unit, &set);
	for (size_t i = 0; i < n && !status; i++) {
		if (unit[i])
			name_unit(d, unit[i], &ret[i]);
	}
	if (!status)
		status = read_units(d, &set, sym, n, ret);
	if (!status)
		status = add_by_name(d, sym, n, ret, &named);
	if (!status)
		status = read_units(d, &named, sym, n, ret);
	for (size_t i = 0; i < n; i++) {
		if (has_own_name(&sym[i]) && !ret[i].place[0])
			ret[i].unit[0] = '\0';
	}
	unit_set_free(&set);
	unit_set_free(&named);
	free(unit);
	return status;
}

bool location_in_unit(const struct location *l)
{
	size_t len = strlen(l->unit);

	return !l->place[0] || (!strncmp(l->place, l->unit, len) &&
				(l->place[len] == ':' || l->place[len] == '\0'));
}

void print_candidates(const struct elf_file *f, struct dwarf_file *d, const struct ksym *sym,
		      size_t n)
{
	struct location *l = xcalloc(n, sizeof(*l));

	if (d)
		locate(d, sym, n, l);
	for (size_t i = 0; i < n; i++) {
		const char *source = l[i].place;
		char place[256];

		if (!source[0])
			source = l[i].unit[0] ? l[i].unit : sym[i].file ? sym[i].file : "?";
		ksym_place(f, &sym[i], place, sizeof(place));
		message_more("  position %zu: %s %c %s", i + 1, place, sym[i].type, source);
		if (!location_in_unit(&l[i]))
			message_more(" (compiled in %s)", l[i].unit);
		message_more("%s", sym[i].kept ? "\n" : " (gone when it is up)\n");
	}
	free(l);
}
