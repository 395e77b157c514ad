// SPDX-License-Identifier: GPL-2.0-only
/* Units that import others: see dwarf/imports.h. */
#include "dwarf/imports.h"

#include <stdlib.h>

#include "base/util.h"

/* dwz makes some thousands of units for a large program, and one imports a part of them. */
#define IMPORTS_MAX 20000

/* A walk over a unit and those that it imports. */
struct walk {
	int (*fn)(struct dwarf_file *d, Dwarf_Die child, void *arg);
	void *arg;
	Dwarf_Off *unit; /* imported ones, in the order in which they are read */
	size_t n, cap;
};

static bool is_import(Dwarf_Die die, Dwarf_Off *unit)
{
	Dwarf_Half tag;

	return die_tag(die, &tag) && tag == DW_TAG_imported_unit &&
	       die_reference(die, DW_AT_import, unit);
}

/* Imports are noted, and read later: however they are nested, and whether they lead in a circle. */
static int take_child(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct walk *w = arg;
	Dwarf_Off off;

	if (!is_import(die, &off))
		return w->fn(d, die, w->arg);
	for (size_t i = 0; i < w->n; i++) {
		if (w->unit[i] == off)
			return 0;
	}
	if (w->n == IMPORTS_MAX) {
		error("'%s': damaged debug information: a unit imports too many others",
		      d->elf->path);
		return -1;
	}
	GROW(w->unit, w->n, w->cap);
	w->unit[w->n++] = off;
	return 0;
}

static int read_unit(struct dwarf_file *d, Dwarf_Off off, struct walk *w)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;

	if (dwarf_file_die(d, off, &unit))
		return -1;
	return dwarf_file_children(d, unit, take_child, w);
}

int imports_children(struct dwarf_file *d, Dwarf_Die unit,
		     int (*fn)(struct dwarf_file *d, Dwarf_Die child, void *arg), void *arg)
{
	struct walk w = {.fn = fn, .arg = arg};
	int status = dwarf_file_children(d, unit, take_child, &w);

	for (size_t i = 0; !status && i < w.n; i++)
		status = read_unit(d, w.unit[i], &w);
	free(w.unit);
	return status;
}

static int find_import(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	Dwarf_Off off;

	(void)d;
	(void)arg;
	return is_import(die, &off);
}

int imports_any(struct dwarf_file *d, Dwarf_Die unit)
{
	return dwarf_file_children(d, unit, find_import, NULL);
}
