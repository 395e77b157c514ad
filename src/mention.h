/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which compile units may speak of an address or a name, told from the bytes of .debug_info.
 *
 * A vmlinux has thousands of units and millions of DIEs, no index of its data and none of its
 * inlined functions. Bytes are searched a hundred times faster than DIEs are read; what is found
 * here is only a hint, which the caller confirms by reading the unit.
 */
#ifndef KLP_MENTION_H
#define KLP_MENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf_file.h"

/* Compile units (offsets of their DIEs), each once. */
struct unit_set {
	Dwarf_Off *off;
	size_t n, cap;
};

void unit_set_add(struct unit_set *set, Dwarf_Off off);
void unit_set_free(struct unit_set *set);

/*
 * The units in which the addresses are the operand of a DW_OP_addr: ret[i] is the offset of the
 * first such unit's DIE, 0 where there is none.
 */
int mention_addresses(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret);

/* May a line table name a source file, whose name without directories this is? */
bool mention_source(struct dwarf_file *d, const char *name);

/* Adds the units that refer to the name, in .debug_str or in place. */
int mention_name(struct dwarf_file *d, const char *name, struct unit_set *set);

#endif
