// SPDX-License-Identifier: GPL-2.0-only
/* Finding compile units by source path: see units.h. */
#include "units.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

const char *unit_path(Dwarf_Die unit)
{
	const char *name, *dir;
	size_t len;

	if (!die_string(unit, DW_AT_name, &name))
		return "";
	if (name[0] == '/' && die_string(unit, DW_AT_comp_dir, &dir)) {
		len = strlen(dir);
		while (len && dir[len - 1] == '/')
			len--;
		if (!strncmp(name, dir, len) && name[len] == '/')
			name += len + 1;
	}
	while (str_starts(name, "./") || str_starts(name, "../"))
		name = strchr(name, '/') + 1;
	return name;
}

bool unit_path_matches(const char *name, const char *path)
{
	size_t len = strlen(name), plen = strlen(path);

	return len >= plen && !strcmp(name + len - plen, path) &&
	       (len == plen || name[len - plen - 1] == '/');
}

static void add(struct unit_query *q, Dwarf_Die die, const char *name, bool exact)
{
	Dwarf_Off off;

	if (!die_offset(die, &off) || (q->exact && !exact))
		return;
	if (exact && !q->exact) {
		q->n = 0;
		q->exact = true;
	}
	GROW(q->unit, q->n, q->cap);
	q->unit[q->n].die = off;
	q->unit[q->n].name = name;
	q->n++;
}

int units_find(struct dwarf_file *d, struct unit_query *q, size_t n)
{
	Dwarf_Die die;
	int more;

	while ((more = dwarf_file_next_unit(d, &die)) > 0) {
		const char *name = unit_path(die);

		for (size_t i = 0; i < n; i++) {
			if (unit_path_matches(name, q[i].path))
				add(&q[i], die, name, !strcmp(name, q[i].path));
		}
		dwarf_dealloc_die(die);
	}
	for (size_t i = 0; i < n; i++) {
		q[i].ambiguous = false;
		for (size_t j = 1; j < q[i].n; j++)
			q[i].ambiguous |= strcmp(q[i].unit[0].name, q[i].unit[j].name) != 0;
	}
	return more;
}

void units_at(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret)
{
	Dwarf_Arange *aranges, at;
	Dwarf_Signed count;
	Dwarf_Off off;

	memset(ret, 0, n * sizeof(*ret));
	if (dwarf_get_aranges(d->dbg, &aranges, &count, NULL) != DW_DLV_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		if (dwarf_get_arange(aranges, (Dwarf_Unsigned)count, addr[i], &at, NULL) ==
			    DW_DLV_OK &&
		    dwarf_get_cu_die_offset(at, &off, NULL) == DW_DLV_OK)
			ret[i] = off;
	}
}

void units_free(struct unit_query *q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(q[i].unit);
}
