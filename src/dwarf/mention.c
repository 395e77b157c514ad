// SPDX-License-Identifier: GPL-2.0-only
/* Searching the bytes of .debug_info for hints: see dwarf/mention.h. */
#include "dwarf/mention.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"

struct offsets {
	uint64_t *v; /* offsets, or the values found there; uint64_t, as size_t may be too small */
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

static void add_offset(struct offsets *o, uint64_t off)
{
	GROW(o->v, o->n, o->cap);
	o->v[o->n++] = off;
}

/* An address and where in the caller's array it stands. */
struct wanted_address {
	uint64_t addr;
	size_t index;
};

static int by_address(const void *a, const void *b)
{
	const struct wanted_address *x = a, *y = b;

	return ORDER(x->addr, y->addr);
}

/* Calls found() for each offset in .debug_info (ascending), with the unit that holds it. */
static int each_unit(struct dwarf_file *d, const uint64_t *off, size_t n,
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
	struct dwarf_file *d;
	const struct wanted_address *wanted;
	size_t n;
	struct offsets at; /* in .debug_info */
	/* What stands there: an address, or the number of an address in the unit's .debug_addr. */
	struct offsets number;
	struct offsets numbered; /* for each: is it such a number? */
	Dwarf_Off *ret;
};

/*
 * The caller may ask for one address twice. This finds the first of the two; mention_addresses()
 * copies the answer to the other.
 */
static const struct wanted_address *find_wanted(const struct address_hits *h, uint64_t addr)
{
	const struct wanted_address key = {.addr = addr};
	const struct wanted_address *w =
		bsearch(&key, h->wanted, h->n, sizeof(*h->wanted), by_address);

	while (w && w > h->wanted && w[-1].addr == w->addr)
		w--;
	return w;
}

static bool address_of_unit(struct dwarf_file *d, Dwarf_Off unit, uint64_t number, uint64_t *ret)
{
	CLEANUP_DIE Dwarf_Die die = NULL;
	Dwarf_Addr addr;

	if (dwarf_file_die(d, unit, &die) ||
	    dwarf_debug_addr_index_to_addr(die, number, &addr, NULL) != DW_DLV_OK)
		return false;
	*ret = addr;
	return true;
}

static void store_unit(size_t i, Dwarf_Off unit, void *arg)
{
	const struct address_hits *h = arg;
	const struct wanted_address *w;
	uint64_t addr = h->number.v[i];

	if (h->numbered.v[i] && !address_of_unit(h->d, unit, addr, &addr))
		return;
	w = find_wanted(h, addr);
	if (w && !h->ret[w->index])
		h->ret[w->index] = unit;
}

/*
 * Finds the expressions that are one address. In DW_FORM_exprloc their length comes first, then
 * DW_OP_addr and 8 bytes, or DW_OP_addrx and a number.
 */
static void find_operands(struct address_hits *h, const unsigned char *info, size_t size)
{
	bool numbers = elf_file_section(h->d->elf, ".debug_addr") != 0;

	/*
	 * A loop, because memmem() for each address would be too slow: under sanitizers it reads
	 * the whole section each time.
	 */
	for (size_t i = 0; i + 2 < size; i++) {
		const unsigned char *op = info + i + 1, *at;
		bool numbered;
		uint64_t number = 0;

		/*
		 * Without .debug_addr there is only DW_OP_addr, and the C library finds that faster
		 * than this loop.
		 */
		if (!numbers && !(op = memchr(op, DW_OP_addr, size - i - 1)))
			break;
		i = (size_t)(op - info) - 1;
		at = info + i;
		numbered = numbers && at[1] == DW_OP_addrx;

		if (at[1] == DW_OP_addr && at[0] == 9 && size - i >= 10) {
			number = elf_file_number(h->d->elf, at + 2, 8);
			if (!find_wanted(h, number))
				continue;
		} else if (!numbered || !at[0] || at[0] > size - i - 1 ||
			   !uleb_number(at + 2, at[0] - 1U, &number)) {
			continue;
		}
		add_offset(&h->at, i);
		add_offset(&h->number, number);
		add_offset(&h->numbered, numbered);
	}
}

int mention_addresses(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret)
{
	struct wanted_address *wanted = xcalloc(n, sizeof(*wanted));
	struct address_hits hits = {.d = d, .wanted = wanted, .n = n, .ret = ret};
	const unsigned char *info;
	size_t size;
	int status;

	memset(ret, 0, n * sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		wanted[i] = (struct wanted_address){addr[i], i};
	qsort(wanted, n, sizeof(*wanted), by_address);
	info = dwarf_file_section(d, ".debug_info", &size);
	find_operands(&hits, info, size);
	status = hits.at.n ? each_unit(d, hits.at.v, hits.at.n, store_unit, &hits) : 0;
	for (size_t i = 1; i < n; i++) {
		if (wanted[i].addr == wanted[i - 1].addr)
			ret[wanted[i].index] = ret[wanted[i - 1].index];
	}
	free(hits.at.v);
	free(hits.number.v);
	free(hits.numbered.v);
	free(wanted);
	return status;
}

static void find_bytes(const unsigned char *start, size_t size, const void *what, size_t len,
		       struct offsets *o)
{
	const unsigned char *at = start, *end;

	/* Without a section there is no pointer to add to. */
	if (!start)
		return;
	end = start + size;
	while ((at = memmem(at, (size_t)(end - at), what, len)) != NULL)
		add_offset(o, (size_t)(at++ - start));
}

/* 4-byte numbers that are looked for together, in the byte order of the file. */
struct numbers {
	uint32_t *v; /* ascending */
	size_t n;
	/* A bit for the hash of each: looking there first rules out most other numbers. */
	uint8_t hash[0x10000 / 8];
};

static uint16_t hash(uint32_t number)
{
	return (uint16_t)(number * 0x9e3779b1U >> 16);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return ORDER(x, y);
}

static void numbers_take(struct numbers *ret, const struct elf_file *f, const struct offsets *o)
{
	memset(ret, 0, sizeof(*ret));
	ret->v = xcalloc(o->n, sizeof(*ret->v));
	for (size_t i = 0; i < o->n; i++) {
		uint32_t *v = &ret->v[ret->n++];

		elf_file_store(f, (unsigned char *)v, o->v[i], sizeof(*v));
		ret->hash[hash(*v) / 8] |= (uint8_t)(1 << hash(*v) % 8);
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_number);
}

/* Adds the offset of each place in the bytes where one of the numbers stands. */
static void find_numbers(const unsigned char *bytes, size_t size, const struct numbers *numbers,
			 struct offsets *o)
{
	for (size_t i = 0; numbers->n && i + sizeof(uint32_t) <= size; i++) {
		uint32_t v;

		memcpy(&v, bytes + i, sizeof(v));
		if ((numbers->hash[hash(v) / 8] & 1 << hash(v) % 8) &&
		    bsearch(&v, numbers->v, numbers->n, sizeof(v), by_number))
			add_offset(o, i);
	}
}

static void add_unit(size_t i, Dwarf_Off unit, void *set)
{
	(void)i;
	unit_set_add(set, unit);
}

/*
 * DW_FORM_strx holds an index into the unit's part of .debug_str_offsets, whose entries are offsets
 * in .debug_str. A header is before that part: 4 bytes for its length, 2 for a version, 2 unused.
 * off: places in .debug_str_offsets, ascending.
 */
static int add_by_number(struct dwarf_file *d, const struct offsets *off, struct unit_set *set)
{
	size_t size;
	const unsigned char *table = dwarf_file_section(d, ".debug_str_offsets", &size);
	Dwarf_Die die;
	int more;

	if (!off->n)
		return 0;
	while ((more = dwarf_file_next_unit(d, &die)) > 0) {
		Dwarf_Off base, unit;
		size_t i = 0;

		if (die_reference(die, DW_AT_str_offsets_base, &base) && base >= 8 &&
		    base <= size && die_offset(die, &unit)) {
			uint64_t end = base - 4 + elf_file_number(d->elf, table + base - 8, 4);

			while (i < off->n && off->v[i] < base)
				i++;
			if (i < off->n && off->v[i] < end)
				unit_set_add(set, unit);
		}
		dwarf_dealloc_die(die);
	}
	return more;
}

int mention_name(struct dwarf_file *d, const char *name, struct unit_set *set)
{
	const unsigned char *info, *str, *table;
	struct offsets in_str = {0}, in_info = {0}, in_table = {0};
	struct numbers at;
	size_t info_size, str_size, table_size;
	int status;

	info = dwarf_file_section(d, ".debug_info", &info_size);
	str = dwarf_file_section(d, ".debug_str", &str_size);
	table = dwarf_file_section(d, ".debug_str_offsets", &table_size);
	/* DW_FORM_string: short names stand in .debug_info itself. */
	find_bytes(info, info_size, name, strlen(name) + 1, &in_info);
	/*
	 * DW_FORM_strp: a 4-byte offset in .debug_str. The linker may have made the name the end of
	 * a longer string.
	 */
	find_bytes(str, str_size, name, strlen(name) + 1, &in_str);
	numbers_take(&at, d->elf, &in_str);
	find_numbers(info, info_size, &at, &in_info);
	find_numbers(table, table_size, &at, &in_table);
	free(in_str.v);
	free(at.v);
	if (in_info.n)
		qsort(in_info.v, in_info.n, sizeof(*in_info.v), order_u64);
	status = in_info.n ? each_unit(d, in_info.v, in_info.n, add_unit, set) : 0;
	free(in_info.v);
	if (!status)
		status = add_by_number(d, &in_table, set);
	free(in_table.v);
	return status;
}

bool mention_in_unit(struct dwarf_file *d, Dwarf_Off unit, const void *bytes, size_t n)
{
	Dwarf_Off begin = 0, len;
	size_t size;
	const unsigned char *info = dwarf_file_section(d, ".debug_info", &size);
	Dwarf_Die die;

	if (info && unit) {
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
	return dwarf_file_may_have(d, DW_AT_abstract_origin, DW_FORM_ref_addr);
}
