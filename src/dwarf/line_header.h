/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files that a line table lists, read from the bytes of its head in .debug_line (DWARF 5,
 * 6.2.4; versions 2 to 4 likewise). It is made for a search: what cannot be read counts as unknown.
 */
#ifndef KLP_LINE_HEADER_H
#define KLP_LINE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf/file.h"
#include "dwarf/line_name.h"

struct line_header {
	const struct dwarf_file *d;
	struct line_strings line_str, str; /* .debug_line_str, .debug_str */
	const unsigned char *start;	   /* behind the head's own size */
	const unsigned char *end;	   /* where the line number program begins */
	uint64_t version;
	size_t wide; /* 4, or 8 in the 64-bit format: of an offset */
};

/*
 * Reads the head of the table at an offset of .debug_line. *table gets the size of the whole table.
 * False when there is no table.
 */
bool line_header_at(const struct dwarf_file *d, uint64_t off, struct line_header *ret,
		    uint64_t *table);

/* Finds the name of a file for line_header_may_have(). */
void line_header_name(const struct dwarf_file *d, const char *path, struct line_name *ret);

/*
 * May the table have a file with that path, or one whose path ends in it, by whole components? A
 * path that begins with the directory of the compilation, which not every table has, is only looked
 * at from there on. True as well when the table cannot be read.
 */
bool line_header_may_have(const struct line_header *h, const struct line_name *name);

#endif
