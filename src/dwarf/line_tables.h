/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which line tables may list a source file, told from the bytes of .debug_line: to have libdwarf
 * read the tables of all units takes a second. What is found is only a hint, which the caller
 * confirms.
 */
#ifndef KLP_LINE_TABLES_H
#define KLP_LINE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf/file.h"

struct line_tables {
	uint64_t *off; /* in .debug_line, ascending */
	size_t n, cap;
};

/* The tables that may have the file: line_header_may_have(). */
void line_tables_find(const struct dwarf_file *d, const char *path, struct line_tables *ret);

/* Is the unit's table among them? */
bool line_tables_have(const struct line_tables *t, Dwarf_Die unit);

void line_tables_free(struct line_tables *t);

#endif
