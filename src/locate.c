// SPDX-License-Identifier: GPL-2.0-only
/* From a symbol to its source line: see locate.h. */
#include "locate.h"

#include <stdlib.h>
#include <string.h>

#include "defs.h"
#include "units.h"
#include "util.h"

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

/* Which unit defines each symbol: by the address of code, or by who says where data lie. */
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
		/* That a unit speaks of 0 says nothing: many do. */
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

/* The first per-CPU variables lie at 0: what units know their names? */
static int add_by_name(struct dwarf_file *d, const struct ksym *sym, size_t n, struct unit_set *set)
{
	int status = 0;

	for (size_t i = 0; i < n && !status; i++) {
		if (is_variable(&sym[i]) && sym[i].addr == 0)
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
	struct unit_set set = {0};
	int status;

	memset(ret, 0, n * sizeof(*ret));
	status = locate_units(d, sym, n, unit, &set);
	for (size_t i = 0; i < n && !status; i++) {
		if (unit[i])
			name_unit(d, unit[i], &ret[i]);
	}
	if (!status)
		status = add_by_name(d, sym, n, &set);
	if (!status)
		status = read_units(d, &set, sym, n, ret);
	unit_set_free(&set);
	free(unit);
	return status;
}

int locate_vanished(struct dwarf_file *d, const char *name, struct location *ret, size_t max)
{
	struct strmap wanted = {0};
	struct unit_set set = {0};
	size_t n = 0;
	int status;

	strmap_add(&wanted, name, 0);
	status = mention_name(d, name, &set);
	for (size_t i = 0; i < set.n && !status && n < max; i++) {
		struct defs defs = {0};
		bool known = false;

		status = defs_read(d, set.off[i], &wanted, &defs);
		if (!status && defs.n && defs.def[0].defined) {
			def_place(d, &defs.def[0], ret[n].place, sizeof(ret[n].place));
			for (size_t j = 0; j < n; j++)
				known |= !strcmp(ret[j].place, ret[n].place);
			n += !known;
		}
		defs_free(&defs);
	}
	unit_set_free(&set);
	strmap_free(&wanted);
	return status ? -1 : (int)n;
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
		fprintf(stderr, "  position %zu: %s %c %s", i + 1, place, sym[i].type, source);
		if (!location_in_unit(&l[i]))
			fprintf(stderr, " (compiled in %s)", l[i].unit);
		fputs(sym[i].kept ? "\n" : " (gone when it is up)\n", stderr);
	}
	free(l);
}
