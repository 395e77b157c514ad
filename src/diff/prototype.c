// SPDX-License-Identifier: GPL-2.0-only
/* Prototypes, from debug information: see diff/prototype.h. */
#include "diff/prototype.h"

#include <stdlib.h>

#include "base/util.h"
#include "dwarf/type_agree.h"

/* The types of a file's C unit, read once; NULL when it has none. */
static const struct types *types_of(const struct pieces *p, struct types *types)
{
	Dwarf_Die unit;
	Dwarf_Off off;

	while (!types->n && dwarf_file_next_unit(p->dwarf, &unit) > 0) {
		bool known = die_offset(unit, &off);

		dwarf_dealloc_die(unit);
		if (known && !types_read(p->dwarf, off, types) && types->untyped)
			types_free(types);
	}
	return types->n ? types : NULL;
}

/* A function's entry in them, or NULL. */
static const struct declared *find(const struct pieces *p, size_t piece, const struct types *types)
{
	const struct piece *x = &p->piece[piece];
	uint64_t from = elf_place(x->section, x->start);

	for (size_t i = 0; types && i < types->declared_n; i++) {
		const struct declared *at = &types->declared[i];

		/* gcc counts from behind what it leaves for ftrace. */
		if (at->function && at->placed && at->addr - from < x->end - x->start)
			return at;
	}
	return NULL;
}

const char *prototype_change(struct diff *d, size_t was, size_t is)
{
	struct agree a = {.patch = types_of(&d->is, &d->is_types),
			  .kernel = types_of(&d->was, &d->was_types)};
	const struct declared *old = find(&d->was, was, a.kernel);
	const struct declared *new = find(&d->is, is, a.patch);
	char *how;

	if (!old || !new)
		return "its prototype is not in the debug information";
	how = disagree_function(&a, new->type, old->type, false);
	free(how);
	return how ? "its prototype changes" : NULL;
}
