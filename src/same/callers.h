/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the code that branches to some places by searching the code itself: a linked kernel has no
 * relocations any more, and DWARF does not distinguish the clones of a function.
 *
 * Where an instruction may begin anywhere (x86_64) the bytes are searched for direct branches, not
 * decoded. A branch with a distance of four bytes that leads to one place by chance is one in four
 * thousand million. Short ones, with a distance of one byte, are taken only where DWARF knows of an
 * instruction right behind them. Elsewhere one instruction is read after the other (arch/step.h).
 */
#ifndef KLP_CALLERS_H
#define KLP_CALLERS_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "dwarf/file.h"
#include "elf/elf_file.h"

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
 * its DWARF (of a module they may be two files). 1 when there is no code in elf, or the
 * architecture's branches are unknown; error() and -1 when a file is damaged.
 */
int callers_find(const struct elf_file *elf, const struct arch *arch, struct dwarf_file *d,
		 const uint64_t *to, size_t n, struct callers *ret);

/* The callers of one of these places: how many, and the first of them. */
const struct caller *callers_of(const struct callers *c, uint64_t to, size_t *n);

void callers_free(struct callers *c);

#endif
