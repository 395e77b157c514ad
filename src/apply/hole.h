/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a patch may be mapped in a process: within reach of what it replaces, where nothing else is
 * and where nothing else grows to.
 */
#ifndef KLP_HOLE_H
#define KLP_HOLE_H

#include "apply/process.h"

/*
 * A place for size bytes from which [low, high) is reached, and from there the place; 0: there is
 * none. [taken, taken + taken_size) is not free either.
 */
uint64_t hole_find(const struct process *p, uint64_t size, uint64_t low, uint64_t high,
		   uint64_t taken, uint64_t taken_size);

/* Does a jump reach from either end of the one to either end of the other? */
bool hole_reaches(uint64_t low, uint64_t high, uint64_t place, uint64_t size);

#endif
