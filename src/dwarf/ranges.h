/* SPDX-License-Identifier: GPL-2.0-only */
/* Which code a DIE stands for: one piece, or several where the compiler has split it. */
#ifndef KLP_CODE_RANGES_H
#define KLP_CODE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf/file.h"

/*
 * The first addresses of a subprogram's code: low_pc, or the start of each range of a split one.
 * Returns how many were stored, at most max.
 */
size_t die_code_addresses(struct dwarf_file *d, Dwarf_Die die, uint64_t *ret, size_t max);

/* Calls fn for each piece, end excluded, until it returns true, which is then returned. */
bool die_each_range(struct dwarf_file *d, Dwarf_Die die,
		    bool (*fn)(uint64_t start, uint64_t end, void *arg), void *arg);

/* Does the code at that address belong to the DIE? */
bool die_covers(struct dwarf_file *d, Dwarf_Die die, uint64_t addr);

#endif
