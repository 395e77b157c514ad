// SPDX-License-Identifier: GPL-2.0-only
/* Searching .debug_info's bytes for hints: see mention.h. */
#include "mention.h"

#include <stdlib.h>
#include <string.h>

#include "dwarf_object.h"
#include "util.h"

/* Most names stand once in .debug_str; as tails of longer names they may stand more often. */
#define NAME_OFFSETS 16

struct offsets {
	size_t *v;
	size_t n, cap;
};

void unit_set_add(struct unit_set *set, Dwarf_Off off)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->off[i] == off)
			return;
	}
	GROW(set->off, set->n, set->cap);
	set->off[set->n++] = off;
}

void unit_set_free(struct unit_set *set)
{
	free(set->off);
	memset(set, 0, sizeof(*set));
}

static void add_offset(struct offsets *o, size_t off)
{
	GROW(o->v, o->n, o->cap);
	o->v[o->n++] = off;
}

static int by_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* An address and where in the caller's array it stands. */
struct wanted_address {
	uint64_t addr;
	size_t index;
};

static int by_address(const void *a, const void *b)
{
	const struct wanted_address *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* Calls found for each offset in .debug_info (ascending) with the unit that holds it. */
static int each_unit(struct dwarf_file *d, const size_t *off, size_t n,
		     void (*found)(size_t i, Dwarf_Off unit, void *arg), void *arg)
{
	struct unit_range unit = {0};
	size_t i = 0;
	int more;

	while ((more = dwarf_file_next_range(d, &unit)) > 0) {
		for (; i < n && off[i] < unit.end; i++)
			found(i, unit.die, arg);
	}
	return more;
}

struct address_hits {
	size_t *index; /* which address stands at each offset */
	Dwarf_Off *ret;
};

static void store_unit(size_t i, Dwarf_Off unit, void *arg)
{
	const struct address_hits *h = arg;

	if (!h->ret[h->index[i]])
		h->ret[h->index[i]] = unit;
}

int mention_addresses(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret)
{
	/* DW_FORM_exprloc: its length, then the expression: DW_OP_addr and 8 bytes */
	static const unsigned char op[] = {9, DW_OP_addr};
	const unsigned char *start;
	struct wanted_address *wanted = xcalloc(n, sizeof(*wanted));
	struct offsets at_offset = {0}, index = {0};
	struct address_hits hits = {.ret = ret};
	size_t size;
	int status;

	memset(ret, 0, n * sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		wanted[i] = (struct wanted_address){addr[i], i};
	qsort(wanted, n, sizeof(*wanted), by_address);
	start = debug_section_bytes(d->elf, ".debug_info", &size);
	/* They are too many for memmem(), which sanitizers make look at all of it each time. */
	for (size_t i = 0; i + sizeof(op) + 8 <= size; i++) {
		const unsigned char *at = start + i;
		struct wanted_address key = {0};
		const struct wanted_address *w;

		if (at[0] != op[0] || at[1] != op[1])
			continue;
		key.addr = elf_file_number(d->elf, at + sizeof(op), 8);
		w = bsearch(&key, wanted, n, sizeof(*wanted), by_address);
		/* Who asks twice for an address is answered twice, below. */
		while (w && w > wanted && w[-1].addr == w->addr)
			w--;
		if (w) {
			add_offset(&at_offset, i);
			add_offset(&index, w->index);
		}
	}
	hits.index = index.v;
	status = at_offset.n ? each_unit(d, at_offset.v, at_offset.n, store_unit, &hits) : 0;
	for (size_t i = 1; i < n; i++) {
		if (wanted[i].addr == wanted[i - 1].addr)
			ret[wanted[i].index] = ret[wanted[i - 1].index];
	}
	free(at_offset.v);
	free(index.v);
	free(wanted);
	return status;
}

static void find_bytes(const unsigned char *start, size_t size, const void *what, size_t len,
		       size_t max, struct offsets *o)
{
	const unsigned char *at = start, *end = start + size;

	for (size_t found = 0; at && found < max; found++) {
		at = memmem(at, (size_t)(end - at), what, len);
		if (!at)
			return;
		add_offset(o, (size_t)(at - start));
		at++;
	}
}

bool mention_source(struct dwarf_file *d, const char *name)
{
	/* DWARF 5 keeps the names apart. */
	static const char *const sections[] = {".debug_line_str", ".debug_line"};
	const unsigned char *at;
	size_t size;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		at = debug_section_bytes(d->elf, sections[i], &size);
		if (at && memmem(at, size, name, strlen(name) + 1))
			return true;
	}
	return false;
}

static void add_unit(size_t i, Dwarf_Off unit, void *set)
{
	(void)i;
	unit_set_add(set, unit);
}

int mention_name(struct dwarf_file *d, const char *name, struct unit_set *set)
{
	const unsigned char *info, *str;
	struct offsets in_str = {0}, in_info = {0};
	size_t info_size, str_size;
	int status;

	info = debug_section_bytes(d->elf, ".debug_info", &info_size);
	str = debug_section_bytes(d->elf, ".debug_str", &str_size);
	/* DW_FORM_string: short names stand in place */
	find_bytes(info, info_size, name, strlen(name) + 1, SIZE_MAX, &in_info);
	/* DW_FORM_strp: a 4-byte offset */
	find_bytes(str, str_size, name, strlen(name) + 1, NAME_OFFSETS, &in_str);
	for (size_t i = 0; i < in_str.n; i++) {
		unsigned char off[4];

		elf_file_store(d->elf, off, in_str.v[i], sizeof(off));
		find_bytes(info, info_size, off, sizeof(off), SIZE_MAX, &in_info);
	}
	free(in_str.v);
	if (in_info.n)
		qsort(in_info.v, in_info.n, sizeof(*in_info.v), by_size);
	status = in_info.n ? each_unit(d, in_info.v, in_info.n, add_unit, set) : 0;
	free(in_info.v);
	return status;
}

bool mention_in_unit(struct dwarf_file *d, Dwarf_Off unit, const void *bytes, size_t n)
{
	Dwarf_Off begin = 0, len;
	size_t size;
	const unsigned char *info = debug_section_bytes(d->elf, ".debug_info", &size);
	Dwarf_Die die;

	if (unit) {
		if (dwarf_file_die(d, unit, &die))
			return false;
		if (dwarf_die_CU_offset_range(die, &begin, &len, NULL) == DW_DLV_OK &&
		    begin <= size && len <= size - begin) {
			info += begin;
			size = len;
		}
		dwarf_dealloc_die(die);
	}
	return info && memmem(info, size, bytes, n);
}

bool mention_across_units(const struct dwarf_file *d)
{
	/* In an abbreviation each attribute is followed by its form, both in one byte here. */
	static const unsigned char across[] = {DW_AT_abstract_origin, DW_FORM_ref_addr};
	size_t size;
	const unsigned char *abbrev = debug_section_bytes(d->elf, ".debug_abbrev", &size);

	return abbrev && memmem(abbrev, size, across, sizeof(across));
}
