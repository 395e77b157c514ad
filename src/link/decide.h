/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides what klplink does to a module: fills a struct link_plan. link/write.h then decides
 * nothing any more.
 */
#ifndef KLP_LINK_DECIDE_H
#define KLP_LINK_DECIDE_H

#include "link/plan.h"

/*
 * Makes the plan for one module. table: the lines of other modules are passed over; a symbol that
 * the compiler optimised away is not an error. error() and -1 when the module is not what
 * kbuild makes, or has relocations that cannot be moved.
 */
int link_decide(struct link_plan *plan, const struct elf_file *in, const struct symtable *table,
		const char *module);

#endif
