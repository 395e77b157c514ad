// SPDX-License-Identifier: GPL-2.0-only
/* Searching line tables for a file name: see dwarf/line_tables.h. */
#include "dwarf/line_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "dwarf/line_header.h"

void line_tables_find(const struct dwarf_file *d, const char *path, struct line_tables *ret)
{
	struct line_header head;
	struct line_name name;
	uint64_t table;

	line_header_name(d, path, &name);
	memset(ret, 0, sizeof(*ret));
	for (uint64_t off = 0; line_header_at(d, off, &head, &table); off += table) {
		if (!line_header_may_have(&head, &name))
			continue;
		GROW(ret->off, ret->n, ret->cap);
		ret->off[ret->n++] = off;
	}
	line_name_free(&name);
}

bool line_tables_have(const struct line_tables *t, Dwarf_Die unit)
{
	Dwarf_Off off;
	uint64_t key;

	if (!t->n || !die_reference(unit, DW_AT_stmt_list, &off))
		return false;
	key = off;
	return bsearch(&key, t->off, t->n, sizeof(*t->off), order_u64) != NULL;
}

void line_tables_free(struct line_tables *t)
{
	free(t->off);
	memset(t, 0, sizeof(*t));
}
