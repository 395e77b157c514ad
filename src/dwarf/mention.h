/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which compile units may mention an address or a name, found by searching the bytes of
 * .debug_info.
 *
 * A vmlinux has thousands of units and millions of DIEs, but no index of its variables or of its
 * inlined functions. Searching bytes is a hundred times faster than reading DIEs. What is found
 * here is only a hint: the caller confirms it by reading the unit.
 */
#ifndef KLP_MENTION_H
#define KLP_MENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf/file.h"

/* Compile units (offsets of their DIEs), each once. */
struct unit_set {
	Dwarf_Off *off;
	size_t n, cap;
};

void unit_set_add(struct unit_set *set, Dwarf_Off off);
void unit_set_free(struct unit_set *set);

/*
 * The units in which the addresses are the operand of a DW_OP_addr or DW_OP_addrx: ret[i] is the
 * offset of the first such unit's DIE, 0 where there is none. error() and -1 when the DWARF is
 * damaged.
 */
int mention_addresses(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret);

/*
 * Adds the units that refer to the name, in .debug_str (by .debug_str_offsets or not) or in place.
 * error() and -1 when the DWARF is damaged.
 */
int mention_name(struct dwarf_file *d, const char *name, struct unit_set *set);

/* Does the unit contain these bytes, whatever they mean there? unit 0: does any? */
bool mention_in_unit(struct dwarf_file *d, Dwarf_Off unit, const void *bytes, size_t n);

/*
 * May a unit have inlined a function of another unit? That is so when compilers optimise at link
 * time, and after dwz.
 */
bool mention_across_units(const struct dwarf_file *d);

#endif
