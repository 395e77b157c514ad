/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where in the source a symbol of vmlinux is defined: from its address through DWARF.
 * Functions are found through .debug_aranges, data through the bytes of .debug_info (mention.h),
 * the rest by reading the units whose file name fits the symbol table's.
 */
#ifndef KLP_LOCATE_H
#define KLP_LOCATE_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf_file.h"
#include "kallsyms.h"

struct location {
	char place[512]; /* "fs/proc/meminfo.c:32", or "" when it could not be found */
	char unit[512];	 /* the compile unit, "" when unknown; another file for what headers define
			  */
};

/* Locates n symbols at once. error() and -1 when the DWARF is damaged. */
int locate(struct dwarf_file *d, const struct ksym *sym, size_t n, struct location *ret);

/* Is the definition in the compile unit's own file, not in a header? */
bool location_in_unit(const struct location *l);

/*
 * Where functions and variables of that name are defined that have no code or data of their own:
 * inlined everywhere, optimised away, or only there as clones. Stores at most max places, each
 * once; returns how many, or -1 after error().
 */
int locate_vanished(struct dwarf_file *d, const char *name, struct location *ret, size_t max);

/*
 * Lists candidates of the file f on stderr below an error message, one a line: position, place,
 * type, source file and line (d NULL: the file that the symbol table names).
 */
void print_candidates(const struct elf_file *f, struct dwarf_file *d, const struct ksym *sym,
		      size_t n);

#endif
