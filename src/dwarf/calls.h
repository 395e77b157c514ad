/* SPDX-License-Identifier: GPL-2.0-only */
/* What DWARF says of the code within a function: inlined functions and calls. */
#ifndef KLP_DWARF_CODE_H
#define KLP_DWARF_CODE_H

#include "dwarf/file.h"

/*
 * Calls fn for each inlined function and each call in a function, however deep they are nested,
 * until it returns non-zero, which is then returned; -1 after error() when the DWARF is damaged.
 * fn must not keep the DIE.
 */
int dwarf_code_each(struct dwarf_file *d, Dwarf_Die function,
		    int (*fn)(struct dwarf_file *d, Dwarf_Die die, void *arg), void *arg);

/* Is it a call (DW_TAG_call_site, or what compilers wrote before DWARF 5)? */
bool dwarf_code_is_call(Dwarf_Die die);

/*
 * The DIE of the function that is called; false when that is unknown, as for a call through a
 * pointer.
 */
bool dwarf_code_callee(Dwarf_Die call, Dwarf_Off *ret);

/* Is the address, a constant, an argument of the call? */
bool dwarf_code_passes(struct dwarf_file *d, Dwarf_Die call, uint64_t addr);

#endif
