/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sizes and members of the kernel's structures, from DWARF: they differ from one kernel to the
 * next, and what klpmake reads of a kernel's data must be read as that kernel does.
 */
#ifndef KLP_STRUCTURE_H
#define KLP_STRUCTURE_H

#include <stddef.h>

#include "dwarf/file.h"

#define STRUCTURE_MEMBERS 8

/* Stores a member's place in *offset, which is left unchanged when there is no such member. */
struct member {
	const char *name;
	size_t *offset;
};

struct structure {
	const char *name;
	size_t *size;				     /* 0 before: not found yet */
	struct member member[STRUCTURE_MEMBERS + 1]; /* ends with a NULL name */
	bool optional;				     /* not every kernel has it: for the caller */
};

/*
 * Reads those of n structures that a unit defines: 1 when all have been found, there or before,
 * else 0; -1 after error().
 */
int structures_read(struct dwarf_file *d, Dwarf_Die unit, struct structure *s, size_t n);

/*
 * The same in vmlinux's unit that defines one of these functions (ends with NULL), and in type
 * units (-fdebug-types-section). path: its file, for a kernel without .debug_aranges, where all
 * units have to be looked at.
 */
int structures_read_beside(struct dwarf_file *d, const char *const *functions, const char *path,
			   struct structure *s, size_t n);

/*
 * Why the unit with one of these functions does not have them, as the end of a sentence with the
 * way out; *why is NULL when it leaves nothing out. To be freed. error() and -1 when the DWARF is
 * damaged.
 */
int structures_why_missing(struct dwarf_file *d, const char *const *functions, const char *path,
			   char **why);

#endif
