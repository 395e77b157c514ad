/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers in object files of architectures whose assembler leaves differences to the linker: two
 * relocations at one place, of which one adds a symbol and the other subtracts one (riscv64).
 */
#ifndef KLP_SAME_DIFFERENCE_H
#define KLP_SAME_DIFFERENCE_H

#include "same/code.h"

struct difference {
	size_t size;	    /* in bytes; 0: no difference is there */
	bool number;	    /* of two places of one section */
	uint64_t value;	    /* ... this one */
	bool relative;	    /* from the place itself ... */
	struct code_ref to; /* ... to this */
};

/* What two such relocations at a place make of it. If it is neither of the two, it is unknown. */
struct difference difference_at(const struct code *c, uint64_t place);

/*
 * The number of so many bytes that stands at a place, or will stand there once the file is linked.
 * False when it is not known, or not a number.
 */
bool table_number_at(const struct code *c, uint64_t place, size_t size, uint64_t *ret);

#endif
