// SPDX-License-Identifier: GPL-2.0-only
/* Source lines of instructions: see lines.h. */
#include "lines.h"

#include "units.h"

/* The last line that begins at the address or before it, within its sequence. */
static Dwarf_Line find_line(Dwarf_Line *line, Dwarf_Signed n, uint64_t addr)
{
	Dwarf_Line before = NULL;

	for (Dwarf_Signed i = 0; i < n; i++) {
		Dwarf_Addr at;
		Dwarf_Bool end;

		if (dwarf_lineaddr(line[i], &at, NULL) != DW_DLV_OK ||
		    dwarf_lineendsequence(line[i], &end, NULL) != DW_DLV_OK)
			return NULL;
		if (at > addr && before)
			return before;
		before = at <= addr && !end ? line[i] : NULL;
	}
	return NULL;
}

bool line_at(struct dwarf_file *d, Dwarf_Off unit, uint64_t addr, char *buf, size_t size)
{
	Dwarf_Unsigned version, file, number;
	Dwarf_Line_Context context;
	Dwarf_Signed n = 0;
	Dwarf_Line *line, at;
	Dwarf_Small tables;
	bool found = false;
	Dwarf_Die die;

	if (dwarf_file_die(d, unit, &die))
		return false;
	if (dwarf_srclines_b(die, &version, &tables, &context, NULL) != DW_DLV_OK) {
		dwarf_dealloc_die(die);
		return false;
	}
	if (dwarf_srclines_from_linecontext(context, &line, &n, NULL) == DW_DLV_OK) {
		at = find_line(line, n, addr);
		found = at && dwarf_line_srcfileno(at, &file, NULL) == DW_DLV_OK &&
			dwarf_lineno(at, &number, NULL) == DW_DLV_OK;
	}
	dwarf_srclines_dealloc_b(context);
	dwarf_dealloc_die(die);
	if (found)
		unit_place(d, unit, file, number, buf, size);
	return found;
}
