/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guard stands between the jump and a new function. It gives callers back what the old function
 * left alone: registers that the calling convention lets any function change.
 */
#ifndef KLP_GUARD_H
#define KLP_GUARD_H

#include <stdbool.h>
#include <stdio.h>

#include "dwarf/file.h"

struct guard {
	bool integers, vectors; /* the result is there: %rax and %rdx, or the first two vectors */
	bool second;		/* ... it needs both of a kind */
	bool wide;		/* vectors have 32 bytes */
};

/*
 * What a guard of the old function with that DIE has to do. *why: NULL, or why it cannot have one.
 * error() and -1 when the DWARF is damaged.
 */
int guard_read(struct dwarf_file *d, Dwarf_Off unit, Dwarf_Off die, struct guard *ret,
	       const char **why);

/* Names of what stands in the assembler source, to be freed. */
char *guard_symbol(const char *new_name);
char *guard_body(const char *new_name);

/* Writes the guard of a new function. */
void guard_write(FILE *out, const char *new_name, const struct guard *g);

#endif
