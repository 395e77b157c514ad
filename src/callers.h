/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which code branches to some places, told from the code itself: a kernel is linked without its
 * relocations, and DWARF does not tell the clones of a function apart.
 *
 * The bytes are searched for direct branches, not decoded. A branch with a distance of four bytes
 * that leads to one place by chance is one in four thousand million. Short ones, with a distance of
 * one byte, are taken only where DWARF knows of an instruction right behind them.
 */
#ifndef KLP_CALLERS_H
#define KLP_CALLERS_H

#include <stddef.h>
#include <stdint.h>

#include "arch.h"
#include "dwarf_file.h"
#include "elf_file.h"

struct caller {
	uint64_t to;
	uint64_t from; /* address of the branch, or of another reference in a module's code */
};

struct callers {
	struct caller *c; /* by to, then by from */
	size_t n, cap;
};

/*
 * All branches of an object's code to n places in it; the code is in elf, addresses are those of d,
 * its DWARF (of a module they may be two files). 1 when there is no code in elf, or nothing is
 * known of the architecture's branches; error() and -1 when a file is damaged.
 */
int callers_find(const struct elf_file *elf, const struct arch *arch, struct dwarf_file *d,
		 const uint64_t *to, size_t n, struct callers *ret);

/* The callers of one of these places: how many, and the first of them. */
const struct caller *callers_of(const struct callers *c, uint64_t to, size_t *n);

void callers_free(struct callers *c);

#endif
