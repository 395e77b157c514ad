/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Static variables within functions. The symbol table has them as NAME.N, with an N that nobody can
 * guess; DWARF says in which function each one is.
 */
#ifndef KLP_LOCALS_H
#define KLP_LOCALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf_file.h"

#define KLP_LOCAL_NAME 512 /* longer names are cut, and then match nothing */

struct local {
	uint64_t addr[4]; /* different places, the first ones */
	size_t n;
	bool declared; /* the function has a variable of that name, wherever it lies */
};

/*
 * Adds where the variable of the function lies, as the unit says. error() and -1 when the DWARF is
 * damaged.
 */
int local_find(struct dwarf_file *d, Dwarf_Off unit, const char *function, const char *name,
	       struct local *ret);

#endif
