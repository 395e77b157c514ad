// SPDX-License-Identifier: GPL-2.0-only
/* Finding compile units by source path: see dwarf/units.h. */
#include "dwarf/units.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/search.h"
#include "base/util.h"
#include "dwarf/line_tables.h"
#include "dwarf/ranges.h"
#include "dwarf/units_cache.h"

/*
 * The path of a file from the root of its tree, as far as that can be told: without the directory
 * of the compilation, without "./" and "../". That directory is the tree's or lies in it, so that
 * an absolute path loses what it has in common with it. dir may be NULL.
 */
static const char *path_in_tree(const char *name, const char *dir)
{
	size_t common = 0, len = dir ? strlen(dir) : 0;

	while (len && dir[len - 1] == '/')
		len--;
	for (size_t i = 0; i <= len; i++) {
		if (name[i] == '/' && (i == len || (name[0] == '/' && dir[i] == '/')))
			common = i + 1;
		if (i == len || name[i] != dir[i])
			break;
	}
	/* The root of the file system is not a tree of sources. */
	if (common > 1)
		name += common;
	while (str_starts(name, "./") || str_starts(name, "../"))
		name = strchr(name, '/') + 1;
	return name;
}

const char *unit_file(Dwarf_Die unit, const char *name)
{
	const char *dir;

	return path_in_tree(name, die_string(unit, DW_AT_comp_dir, &dir) ? dir : NULL);
}

const char *unit_path(Dwarf_Die unit)
{
	const char *name;

	return die_string(unit, DW_AT_name, &name) ? unit_file(unit, name) : "";
}

void unit_place(struct dwarf_file *d, Dwarf_Off off, uint64_t file, uint64_t line, char *buf,
		size_t size)
{
	const char *name;
	Dwarf_Die unit;

	snprintf(buf, size, "line %llu", (unsigned long long)line);
	if (dwarf_file_die(d, off, &unit))
		return;
	/* The assembler names functions, but not their lines. */
	if (!line) {
		snprintf(buf, size, "%s", unit_path(unit));
		dwarf_dealloc_die(unit);
		return;
	}
	name = dwarf_file_source(d, off, file);
	if (name)
		snprintf(buf, size, "%s:%llu", unit_file(unit, name), (unsigned long long)line);
	dwarf_dealloc_die(unit);
}

void unit_place_of(struct dwarf_file *d, Dwarf_Off off, Dwarf_Off unit, uint64_t file,
		   uint64_t line, char *buf, size_t size)
{
	CLEANUP_DIE Dwarf_Die die = NULL;
	Dwarf_Off own;

	if (off && !dwarf_file_die(d, off, &die) && die_unit(die, &own))
		unit = own;
	unit_place(d, unit, file, line, buf, size);
}

static void add(struct unit_query *q, const struct unit *u, bool exact)
{
	if (q->exact && !exact)
		return;
	if (exact && !q->exact) {
		q->n = 0;
		q->exact = true;
	}
	GROW(q->unit, q->n, q->cap);
	q->unit[q->n++] = *u;
}

/* The directory that the name of a module's unit counts from. */
static const char *dir_of(const struct dwarf_file *d, Dwarf_Die unit)
{
	const char *name, *dir;

	if (d->elf->ehdr.e_type != ET_REL || !die_string(unit, DW_AT_name, &name) ||
	    name[0] == '/' || str_starts(name, "../") || !die_string(unit, DW_AT_comp_dir, &dir))
		return NULL;
	return dir;
}

static bool names_unit(const struct unit *u, const char *path)
{
	CLEANUP_FREE char *whole = NULL;

	if (!u->dir || path_matches(u->name, path))
		return path_matches(u->name, path);
	whole = xasprintf("%s/%s", u->dir, u->name);
	return path_matches(whole, path);
}

/* All units: as an earlier run found them, or by reading each one's name. */
static int list_units(struct dwarf_file *d, struct unit_list *list)
{
	Dwarf_Die die;
	int more;

	if (d->units_cache && units_cache_read(d->units_cache, d->elf, list))
		return 0;
	memset(list, 0, sizeof(*list));
	while ((more = dwarf_file_next_unit(d, &die)) > 0) {
		struct unit u = {.name = unit_path(die), .dir = dir_of(d, die)};

		if (die_offset(die, &u.die)) {
			GROW(list->unit, list->n, list->cap);
			list->unit[list->n++] = u;
		}
		dwarf_dealloc_die(die);
	}
	if (!more && d->units_cache)
		units_cache_write(d->units_cache, d->elf, list);
	return more;
}

/* The unit in the DWARF decides; from here on the name is the DWARF's, which outlives the cache. */
static bool confirm(struct dwarf_file *d, struct unit *u)
{
	CLEANUP_DIE Dwarf_Die die = NULL;
	const char *name;

	if (dwarf_file_die(d, u->die, &die))
		return false;
	name = unit_path(die);
	if (strcmp(name, u->name) != 0)
		return false;
	u->name = name;
	return true;
}

static void set_ambiguous(struct unit_query *q)
{
	q->ambiguous = false;
	for (size_t i = 1; i < q->n; i++)
		q->ambiguous |= strcmp(q->unit[0].name, q->unit[i].name) != 0;
}

int units_find(struct dwarf_file *d, struct unit_query *q, size_t n)
{
	struct unit_list list;
	int status = list_units(d, &list);

	for (size_t i = 0; i < n && !status; i++) {
		for (size_t u = 0; u < list.n; u++) {
			if (names_unit(&list.unit[u], q[i].path))
				add(&q[i], &list.unit[u], !strcmp(list.unit[u].name, q[i].path));
		}
		for (size_t u = 0; u < q[i].n && list.text && !status; u++) {
			if (!confirm(d, &q[i].unit[u])) {
				error("'%s': does not fit '%s': remove it", d->units_cache,
				      d->elf->path);
				status = -1;
			}
		}
		set_ambiguous(&q[i]);
	}
	unit_list_free(&list);
	return status;
}

/* Does the line table of a unit have the file? */
static bool includes(struct dwarf_file *d, Dwarf_Die unit, Dwarf_Off off, const char *path)
{
	const char *dir = NULL, *name;

	die_string(unit, DW_AT_comp_dir, &dir);
	/* Number 0 is not used before DWARF 5. */
	for (uint64_t i = 0; (name = dwarf_file_source(d, off, i)) != NULL || i == 0; i++) {
		if (name &&
		    (path_matches(name, path) || path_matches(path_in_tree(name, dir), path)))
			return true;
	}
	return false;
}

/* Adds the units in whose line table the file is, when at least so many tables may have it. */
static int add_compiled_from(struct dwarf_file *d, struct unit_query *q, size_t least)
{
	struct line_tables tables;
	Dwarf_Die die;
	int more = 0;

	line_tables_find(d, q->path, &tables);
	while (tables.n >= least && (more = dwarf_file_next_unit(d, &die)) > 0) {
		struct unit u = {.name = unit_path(die)};

		if (line_tables_have(&tables, die) && die_offset(die, &u.die) &&
		    includes(d, die, u.die, q->path))
			add(q, &u, false);
		dwarf_dealloc_die(die);
	}
	line_tables_free(&tables);
	return more;
}

int units_listing(struct dwarf_file *d, struct unit_query *q)
{
	return add_compiled_from(d, q, 1);
}

int units_including(struct dwarf_file *d, struct unit_query *q)
{
	int status = str_ends(q->path, ".c") ? units_listing(d, q) : 0;

	q->included = q->n > 0;
	set_ambiguous(q);
	return status;
}

int units_sharing(struct dwarf_file *d, struct unit_query *q)
{
	return add_compiled_from(d, q, 2);
}

static bool is_code(const struct elf_file *f, uint64_t addr)
{
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *s = &f->sec[i].shdr;
		uint64_t start = f->ehdr.e_type == ET_REL ? elf_place(i, 0) : s->sh_addr;

		if ((s->sh_flags & SHF_EXECINSTR) && addr >= start && addr - start < s->sh_size)
			return true;
	}
	return false;
}

static void add_code(struct dwarf_file *d, const struct unit_code *c)
{
	GROW(d->code, d->codes, d->codes_cap);
	d->code[d->codes++] = *c;
}

struct unit_reading {
	struct dwarf_file *d;
	Dwarf_Off unit;
};

static bool take_code(uint64_t start, uint64_t end, void *arg)
{
	const struct unit_reading *r = arg;

	if (start < end)
		add_code(r->d, &(struct unit_code){start, end, r->unit});
	return false;
}

static int by_start(const void *a, const void *b)
{
	const struct unit_code *x = a, *y = b;

	return ORDER(x->start, y->start);
}

/* Where the code of each unit lies. What is damaged is left out, as of .debug_aranges. */
static void read_code(struct dwarf_file *d)
{
	struct unit_reading r = {.d = d};
	Dwarf_Die die;

	add_code(d, &(struct unit_code){0});
	while (dwarf_file_next_unit(d, &die) > 0) {
		if (die_offset(die, &r.unit))
			die_each_range(d, die, take_code, &r);
		dwarf_dealloc_die(die);
	}
	qsort(d->code, d->codes, sizeof(*d->code), by_start);
}

/* The unit that says of itself that the code at that address is its, 0: none. */
static Dwarf_Off unit_with(struct dwarf_file *d, uint64_t addr)
{
	size_t lo;

	if (!is_code(d->elf, addr))
		return 0;
	if (!d->codes)
		read_code(d);
	lo = COUNT_FIRST(i, d->codes, d->code[i].start <= addr);
	return lo && addr < d->code[lo - 1].end ? d->code[lo - 1].unit : 0;
}

void units_at(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret)
{
	Dwarf_Arange at;
	Dwarf_Off off;

	memset(ret, 0, n * sizeof(*ret));
	if (!d->aranges_count &&
	    dwarf_get_aranges(d->dbg, &d->aranges, &d->aranges_count, NULL) != DW_DLV_OK)
		d->aranges_count = -1;
	for (size_t i = 0; i < n && d->aranges_count > 0; i++) {
		if (dwarf_get_arange(d->aranges, (Dwarf_Unsigned)d->aranges_count, addr[i], &at,
				     NULL) == DW_DLV_OK &&
		    dwarf_get_cu_die_offset(at, &off, NULL) == DW_DLV_OK)
			ret[i] = off;
	}
	for (size_t i = 0; i < n; i++) {
		if (!ret[i])
			ret[i] = unit_with(d, addr[i]);
	}
}

int unit_holding(struct dwarf_file *d, uint64_t addr, const char *path, Dwarf_Die *ret)
{
	struct unit_query q = {.path = path};
	Dwarf_Off off;
	int status = 0;

	units_at(d, &addr, 1, &off);
	if (!off && path) {
		status = units_find(d, &q, 1);
		off = q.n ? q.unit[0].die : 0;
		units_free(&q, 1);
	}
	if (status || !off)
		return status;
	return dwarf_file_die(d, off, ret) ? -1 : 1;
}

void units_free(struct unit_query *q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(q[i].unit);
}
