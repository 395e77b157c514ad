/* SPDX-License-Identifier: GPL-2.0-only */
/* From an address in code to the lines of source that it was made from. */
#ifndef KLP_CODE_LINE_H
#define KLP_CODE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "dwarf/file.h"

/*
 * Calls fn for the place of the code at an address, then for each call that was inlined there, from
 * the innermost to the outermost, until it returns true, which is then returned. What the debug
 * information does not say is left out; the file's name is the compiler's, and does not last.
 */
bool code_lines(struct dwarf_file *d, uint64_t addr,
		bool (*fn)(const char *file, uint64_t line, void *arg), void *arg);

/* The same of one unit, for files with many. */
bool code_lines_in(struct dwarf_file *d, Dwarf_Off unit, uint64_t addr,
		   bool (*fn)(const char *file, uint64_t line, void *arg), void *arg);

/* Does an instruction begin at an address, as far as line tables know? They list only a few. */
bool code_line_begins(struct dwarf_file *d, uint64_t addr);

#endif
