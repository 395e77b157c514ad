/* SPDX-License-Identifier: GPL-2.0-only */
/* From an instruction to its source line, by DWARF's line tables. */
#ifndef KLP_LINES_H
#define KLP_LINES_H

#include "dwarf_file.h"

/*
 * "path:line" of the instruction at an address, from the line table of its unit. False when that
 * does not tell.
 */
bool line_at(struct dwarf_file *d, Dwarf_Off unit, uint64_t addr, char *buf, size_t size);

#endif
