/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel file compiled twice, as it is and patched: which pieces of the two object files are the
 * same thing, and which of them differ.
 */
#ifndef KLP_DIFF_H
#define KLP_DIFF_H

#include "diff/pieces.h"
#include "dwarf/types.h"

/* What becomes of a piece of the patched file. */
enum fate {
	FATE_SAME,    /* nothing: the kernel's own is meant */
	FATE_REPLACE, /* the patch replaces this function */
	FATE_CARRY,   /* changed code that is not replaced by itself: what uses it is, too */
	FATE_NEW,     /* the kernel does not have it */
};

struct diff {
	struct pieces was, is; /* the file as the kernel has it, and patched */
	const struct code_tables *tables;
	struct types was_types, is_types; /* read when they are asked for */
	size_t *was_pair, *is_pair;	  /* by piece; NO_PIECE: only this file has it */
	size_t *tried;	 /* by piece of is: with what of was it is being compared, or NO_PIECE */
	enum fate *fate; /* by piece of is */
	char **why;	 /* ... and the reason, or NULL */
};

/* Reads both files. error() and -1 when they cannot be compared. */
int diff_open(struct diff *d, const char *was, const char *is, const struct arch *arch,
	      const struct code_tables *tables);
void diff_close(struct diff *d);

/* Is a piece a variable that nothing writes to? */
bool piece_is_constant(const struct pieces *p, size_t piece);

#endif
