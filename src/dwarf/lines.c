// SPDX-License-Identifier: GPL-2.0-only
/* Which line of source is it? See dwarf/lines.h. */
#include "dwarf/lines.h"

#include "base/util.h"
#include "dwarf/ranges.h"

/* The calls that were inlined at an address, the outermost first. */
struct calls {
	uint64_t addr;
	struct {
		uint64_t file, line;
	} call[32];
	size_t n;
};

/* Steps into what covers the address: functions, blocks, inlined functions. */
static int step_into(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct calls *c = arg;
	Dwarf_Half tag;

	if (!die_tag(die, &tag) ||
	    (tag != DW_TAG_subprogram && tag != DW_TAG_lexical_block &&
	     tag != DW_TAG_inlined_subroutine) ||
	    !die_covers(d, die, c->addr))
		return 0;
	if (tag == DW_TAG_inlined_subroutine) {
		if (c->n == ARRAY_SIZE(c->call) ||
		    !die_number(die, DW_AT_call_file, &c->call[c->n].file) ||
		    !die_number(die, DW_AT_call_line, &c->call[c->n].line))
			return 1;
		c->n++;
	}
	return dwarf_file_children(d, die, step_into, arg) < 0 ? -1 : 1;
}

/* The row of a line table that an address belongs to, or NULL. */
static Dwarf_Line find_row(Dwarf_Line *row, Dwarf_Signed n, uint64_t addr)
{
	for (Dwarf_Signed i = 0; i + 1 < n; i++) {
		Dwarf_Addr from, to;
		Dwarf_Bool end;

		if (dwarf_lineaddr(row[i], &from, NULL) == DW_DLV_OK && from <= addr &&
		    dwarf_lineaddr(row[i + 1], &to, NULL) == DW_DLV_OK && addr < to &&
		    dwarf_lineendsequence(row[i], &end, NULL) == DW_DLV_OK && !end)
			return row[i];
	}
	return NULL;
}

/* The line table's answer. */
static bool call_for_row(struct dwarf_file *d, Dwarf_Die unit, uint64_t addr,
			 bool (*fn)(const char *file, uint64_t line, void *arg), void *arg)
{
	Dwarf_Line_Context table;
	Dwarf_Unsigned version, line;
	Dwarf_Small tables;
	Dwarf_Signed n;
	Dwarf_Line *rows, row;
	bool stop = false;
	char *file;

	if (dwarf_srclines_b(unit, &version, &tables, &table, NULL) != DW_DLV_OK)
		return false;
	if (dwarf_srclines_from_linecontext(table, &rows, &n, NULL) == DW_DLV_OK &&
	    (row = find_row(rows, n, addr)) != NULL &&
	    dwarf_lineno(row, &line, NULL) == DW_DLV_OK &&
	    dwarf_linesrc(row, &file, NULL) == DW_DLV_OK) {
		stop = fn(file, line, arg);
		dwarf_dealloc(dwarf_file_debug_of(d, unit), file, DW_DLA_STRING);
	}
	dwarf_srclines_dealloc_b(table);
	return stop;
}

static bool lines_of_unit(struct dwarf_file *d, Dwarf_Die unit, uint64_t addr,
			  bool (*fn)(const char *file, uint64_t line, void *arg), void *arg)
{
	struct calls c = {.addr = addr};
	Dwarf_Off off;

	if (call_for_row(d, unit, addr, fn, arg))
		return true;
	if (!die_offset(unit, &off) || dwarf_file_children(d, unit, step_into, &c) < 0)
		return false;
	while (c.n--) {
		const char *file = dwarf_file_source(d, off, c.call[c.n].file);

		if (file && fn(file, c.call[c.n].line, arg))
			return true;
	}
	return false;
}

bool code_lines(struct dwarf_file *d, uint64_t addr,
		bool (*fn)(const char *file, uint64_t line, void *arg), void *arg)
{
	bool stop = false;
	Dwarf_Die unit;

	/* To the end in any case: the next walk then begins with the first unit. */
	while (dwarf_file_next_unit(d, &unit) > 0) {
		stop = stop || lines_of_unit(d, unit, addr, fn, arg);
		dwarf_dealloc_die(unit);
	}
	return stop;
}

bool code_lines_in(struct dwarf_file *d, Dwarf_Off off, uint64_t addr,
		   bool (*fn)(const char *file, uint64_t line, void *arg), void *arg)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;

	if (dwarf_file_die(d, off, &unit))
		return false;
	return lines_of_unit(d, unit, addr, fn, arg);
}

static bool has_row(Dwarf_Die unit, uint64_t addr)
{
	Dwarf_Line_Context table;
	Dwarf_Unsigned version;
	Dwarf_Small tables;
	Dwarf_Signed n = 0;
	Dwarf_Line *row;
	bool found = false;

	if (dwarf_srclines_b(unit, &version, &tables, &table, NULL) != DW_DLV_OK)
		return false;
	if (dwarf_srclines_from_linecontext(table, &row, &n, NULL) != DW_DLV_OK)
		n = 0;
	for (Dwarf_Signed i = 0; i < n && !found; i++) {
		Dwarf_Addr at;

		found = dwarf_lineaddr(row[i], &at, NULL) == DW_DLV_OK && at == addr;
	}
	dwarf_srclines_dealloc_b(table);
	return found;
}

bool code_line_begins(struct dwarf_file *d, uint64_t addr)
{
	bool found = false;
	Dwarf_Die unit;

	/* To the end in any case, as above. */
	while (dwarf_file_next_unit(d, &unit) > 0) {
		found = found || has_row(unit, addr);
		dwarf_dealloc_die(unit);
	}
	return found;
}
