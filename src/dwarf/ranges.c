// SPDX-License-Identifier: GPL-2.0-only
/* The address ranges of DIEs: see dwarf/ranges.h. */
#include "dwarf/ranges.h"

/* Gets one range, end excluded; true ends the walk, which then returns true. */
typedef bool (*range_fn)(uint64_t start, uint64_t end, void *arg);

/* The base address of the compile unit that a DIE stands in: its DW_AT_low_pc. */
static uint64_t unit_base(struct dwarf_file *d, Dwarf_Die die)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;
	Dwarf_Addr base;
	Dwarf_Off off;

	if (!die_unit(die, &off) ||
	    dwarf_offdie_b(dwarf_file_debug(d, off), off, 1, &unit, NULL) != DW_DLV_OK)
		return 0;
	return dwarf_lowpc(unit, &base, NULL) == DW_DLV_OK ? base : 0;
}

/* DWARF 4: .debug_ranges, offsets from the unit's base address. */
static bool old_ranges(struct dwarf_file *d, Dwarf_Die die, Dwarf_Off off, range_fn fn, void *arg)
{
	Dwarf_Debug dbg = dwarf_file_debug_of(d, die);
	uint64_t base = unit_base(d, die);
	Dwarf_Ranges *r;
	Dwarf_Signed count;
	Dwarf_Unsigned bytes;
	Dwarf_Off real;
	bool stop = false;

	if (dwarf_get_ranges_b(dbg, off, die, &real, &r, &count, &bytes, NULL) != DW_DLV_OK)
		return false;
	for (Dwarf_Signed i = 0; i < count && !stop; i++) {
		if (r[i].dwr_type == DW_RANGES_ADDRESS_SELECTION)
			base = r[i].dwr_addr2;
		else if (r[i].dwr_type == DW_RANGES_ENTRY && r[i].dwr_addr1 != r[i].dwr_addr2)
			stop = fn(base + r[i].dwr_addr1, base + r[i].dwr_addr2, arg);
	}
#ifdef DW_LIBDWARF_VERSION_MAJOR
	dwarf_dealloc_ranges(dbg, r, count);
#else
	dwarf_ranges_dealloc(dbg, r, count);
#endif
	return stop;
}

/* DWARF 5: .debug_rnglists; libdwarf adds the base address ("cooked"). */
static bool new_ranges(Dwarf_Attribute attr, Dwarf_Half form, Dwarf_Unsigned value, range_fn fn,
		       void *arg)
{
	Dwarf_Rnglists_Head head;
	Dwarf_Unsigned count, off;
	bool stop = false;

	if (dwarf_rnglists_get_rle_head(attr, form, value, &head, &count, &off, NULL) != DW_DLV_OK)
		return false;
	for (Dwarf_Unsigned i = 0; i < count && !stop; i++) {
		Dwarf_Unsigned raw1, raw2, start, end;
		unsigned int len, code;
		Dwarf_Bool unavailable;

		if (dwarf_get_rnglists_entry_fields_a(head, i, &len, &code, &raw1, &raw2,
						      &unavailable, &start, &end,
						      NULL) != DW_DLV_OK)
			break;
		if (code != DW_RLE_end_of_list && code != DW_RLE_base_address &&
		    code != DW_RLE_base_addressx && !unavailable && start != end)
			stop = fn(start, end, arg);
	}
	dwarf_dealloc_rnglists_head(head);
	return stop;
}

static bool listed_ranges(struct dwarf_file *d, Dwarf_Die die, Dwarf_Attribute attr, range_fn fn,
			  void *arg)
{
	Dwarf_Half form, version, offset_size;
	Dwarf_Unsigned value = 0;
	Dwarf_Off off;

	if (dwarf_whatform(attr, &form, NULL) != DW_DLV_OK ||
	    dwarf_get_version_of_die(die, &version, &offset_size) != DW_DLV_OK)
		return false;
	if (form == DW_FORM_rnglistx)
		dwarf_formudata(attr, &value, NULL);
	else if (dwarf_global_formref(attr, &off, NULL) == DW_DLV_OK)
		value = off;
	return version < 5 ? old_ranges(d, die, value, fn, arg)
			   : new_ranges(attr, form, value, fn, arg);
}

/* Ranges of code that is there: what a linker or klpdiff has left out begins at no address. */
struct there {
	const struct dwarf_file *d;
	range_fn fn;
	void *arg;
};

static bool take_if_there(uint64_t start, uint64_t end, void *arg)
{
	const struct there *t = arg;

	return dwarf_file_has_place(t->d, start) && t->fn(start, end, t->arg);
}

bool die_each_range(struct dwarf_file *d, Dwarf_Die die, range_fn fn, void *arg)
{
	struct there there = {.d = d, .fn = fn, .arg = arg};
	Dwarf_Addr low, high = 0;
	enum Dwarf_Form_Class class;
	Dwarf_Attribute attr;
	Dwarf_Half form;
	bool stop;

	if (dwarf_attr(die, DW_AT_ranges, &attr, NULL) == DW_DLV_OK) {
		stop = listed_ranges(d, die, attr, take_if_there, &there);
		dwarf_dealloc_attribute(attr);
		return stop;
	}
	if (dwarf_lowpc(die, &low, NULL) != DW_DLV_OK)
		return false;
	if (dwarf_highpc_b(die, &high, &form, &class, NULL) != DW_DLV_OK)
		high = low;
	else if (class == DW_FORM_CLASS_CONSTANT)
		high += low;
	return take_if_there(low, high, &there);
}

struct addresses {
	uint64_t *addr;
	size_t n, max;
};

static bool add_start(uint64_t start, uint64_t end, void *arg)
{
	struct addresses *a = arg;

	(void)end;
	if (a->n < a->max)
		a->addr[a->n++] = start;
	return a->n == a->max;
}

size_t die_code_addresses(struct dwarf_file *d, Dwarf_Die die, uint64_t *ret, size_t max)
{
	struct addresses a = {.addr = ret, .max = max};

	die_each_range(d, die, add_start, &a);
	return a.n;
}

static bool covers(uint64_t start, uint64_t end, void *arg)
{
	const uint64_t *addr = arg;

	return start <= *addr && *addr < end;
}

bool die_covers(struct dwarf_file *d, Dwarf_Die die, uint64_t addr)
{
	return die_each_range(d, die, covers, &addr);
}
