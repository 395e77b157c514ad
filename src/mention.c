// SPDX-License-Identifier: GPL-2.0-only
/* Searching .debug_info's bytes for hints: see mention.h. */
#include "mention.h"

#include <stdlib.h>
#include <string.h>

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

/* A debug section's bytes as libdwarf sees them, uncompressed: empty when it is not there. */
static const unsigned char *debug_bytes(const struct dwarf_file *d, const char *name, size_t *size)
{
	size_t index = elf_file_section(d->elf, name);
	Elf_Data *data = NULL;

	*size = 0;
	if (!index)
		return NULL;
	if (d->elf->sec[index].shdr.sh_flags & SHF_COMPRESSED)
		elf_compress(d->elf->sec[index].scn, 0, 0);
	data = elf_getdata(d->elf->sec[index].scn, NULL);
	if (!data || !data->d_buf)
		return NULL;
	*size = data->d_size;
	return data->d_buf;
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

static int by_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Adds the units that hold those offsets of .debug_info. */
static int add_units(struct dwarf_file *d, struct offsets *o, struct unit_set *set)
{
	Dwarf_Off unit = 0, next;
	size_t i = 0;
	Dwarf_Die die;
	int more;

	if (o->n)
		qsort(o->v, o->n, sizeof(*o->v), by_size);
	while ((more = dwarf_file_next_unit(d, &die)) > 0) {
		if (!die_offset(die, &next))
			next = unit;
		for (; i < o->n && o->v[i] < next; i++) {
			if (unit)
				unit_set_add(set, unit);
		}
		unit = next;
		dwarf_dealloc_die(die);
	}
	if (unit && i < o->n)
		unit_set_add(set, unit);
	free(o->v);
	return more;
}

int mention_addresses(struct dwarf_file *d, const uint64_t *addr, size_t n, struct unit_set *set)
{
	/* DW_FORM_exprloc: its length, then the expression: DW_OP_addr and 8 bytes */
	static const unsigned char op[] = {9, DW_OP_addr};
	const unsigned char *start, *at, *end;
	uint64_t *sorted = xcalloc(n, sizeof(*sorted));
	struct offsets o = {0};
	size_t size;

	memcpy(sorted, addr, n * sizeof(*addr));
	qsort(sorted, n, sizeof(*sorted), by_u64);
	start = at = debug_bytes(d, ".debug_info", &size);
	end = start + size;
	while (at && (at = memmem(at, (size_t)(end - at), op, sizeof(op))) != NULL) {
		uint64_t value;

		at += sizeof(op);
		if (end - at < 8)
			break;
		value = elf_file_number(d->elf, at, 8);
		if (bsearch(&value, sorted, n, sizeof(*sorted), by_u64))
			add_offset(&o, (size_t)(at - start));
	}
	free(sorted);
	return add_units(d, &o, set);
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

int mention_name(struct dwarf_file *d, const char *name, struct unit_set *set)
{
	const unsigned char *info, *str;
	struct offsets in_str = {0}, in_info = {0};
	size_t info_size, str_size;
	bool big = d->elf->ehdr.e_ident[EI_DATA] == ELFDATA2MSB;

	info = debug_bytes(d, ".debug_info", &info_size);
	str = debug_bytes(d, ".debug_str", &str_size);
	/* DW_FORM_string: short names stand in place */
	find_bytes(info, info_size, name, strlen(name) + 1, SIZE_MAX, &in_info);
	/* DW_FORM_strp: a 4-byte offset */
	find_bytes(str, str_size, name, strlen(name) + 1, NAME_OFFSETS, &in_str);
	for (size_t i = 0; i < in_str.n; i++) {
		unsigned char off[4];

		for (size_t b = 0; b < sizeof(off); b++)
			off[big ? 3 - b : b] = (unsigned char)(in_str.v[i] >> (8 * b));
		find_bytes(info, info_size, off, sizeof(off), SIZE_MAX, &in_info);
	}
	free(in_str.v);
	return add_units(d, &in_info, set);
}
