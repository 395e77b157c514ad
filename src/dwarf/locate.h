/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where in the source a symbol of vmlinux is defined: from its address through DWARF.
 * Functions are found through .debug_aranges, data through the bytes of .debug_info
 * (dwarf/mention.h), the rest by reading the units whose file name fits the symbol table's.
 */
#ifndef KLP_LOCATE_H
#define KLP_LOCATE_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf/file.h"
#include "dwarf/mention.h"
#include "symbols/kallsyms.h"

struct location {
	char place[512]; /* "fs/proc/meminfo.c:32", or "" when it could not be found */
	char unit[512];	 /* the compile unit, "" when unknown; another file for what headers define
			  */
};

/* Locates n symbols at once. error() and -1 when the DWARF is damaged. */
int locate(struct dwarf_file *d, const struct ksym *sym, size_t n, struct location *ret);

/*
 * Adds the units that may define n symbols. unit[i] is the unit of symbol i, found by the address;
 * 0 where only the name of the symbol's file leads to units. error() and -1 when the DWARF is
 * damaged.
 */
int locate_units(struct dwarf_file *d, const struct ksym *sym, size_t n, Dwarf_Off *unit,
		 struct unit_set *ret);

/* Is the definition in the compile unit's own file, not in a header? */
bool location_in_unit(const struct location *l);

/*
 * Lists candidates of the file f on stderr below an error message, one a line: position, place,
 * type, source file and line (d NULL: the file that the symbol table names).
 */
void print_candidates(const struct elf_file *f, struct dwarf_file *d, const struct ksym *sym,
		      size_t n);

#endif
