/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which functions have callers that may rely on their code, because the compiler saw all of it:
 * registers that it leaves alone, a stack that it does not need to be aligned (gcc's -fipa-ra).
 */
#ifndef KLP_REACH_H
#define KLP_REACH_H

#include "binary/binary.h"
#include "dwarf/file.h"
#include "symbols/kallsyms.h"

/* Code of the same unit that calls the function directly. */
struct reach_callers {
	uint64_t *from; /* where the calls are */
	size_t n, cap;
};

/*
 * Does no call leave what the compiler saw, from the function with that code, and is it called
 * there? Also true where that is unknown. 1 or 0, and *ret has the callers, for reach_free(); -1
 * after error().
 */
int reach_relied_on(const struct binary *b, struct dwarf_file *d, uint64_t addr, uint64_t size,
		    struct reach_callers *ret);

void reach_free(struct reach_callers *c);

#endif
