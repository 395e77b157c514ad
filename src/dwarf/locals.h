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

#include "dwarf/file.h"
#include "dwarf/types.h"

#define KLP_LOCAL_NAME 512 /* longer names are cut, and then match nothing */

#define LOCAL_PLACES 4

/* Where a variable is declared. */
struct local_place {
	const char *function, *name;
	uint64_t line; /* 0: unknown */
};

typedef int local_fn(struct dwarf_file *d, Dwarf_Die die, const struct local_place *at, void *arg);

/*
 * Calls fn for each variable of a function (NULL: of all functions), static or not, until it
 * returns non-zero, which is then returned; error() and -1 when the DWARF is damaged. One of a
 * function that is inlined may come twice.
 */
int locals_each(struct dwarf_file *d, Dwarf_Off unit, const char *function, local_fn *fn,
		void *arg);

struct local {
	/* The first different places, and the line in which the variable at each is declared. */
	uint64_t addr[LOCAL_PLACES], line[LOCAL_PLACES];
	size_t n;
	bool declared; /* the function has a variable of that name, wherever it lies */
};

/*
 * Adds where the variable of the function lies, as the unit says; line: only one that is declared
 * there, 0: anywhere. error() and -1 when the DWARF is
 * damaged.
 */
int local_find(struct dwarf_file *d, Dwarf_Off unit, const char *function, const char *name,
	       uint64_t line, struct local *ret);

/* The type of a variable. In an instance of a function it is the abstract variable that has it. */
size_t local_type(struct dwarf_file *d, const struct types *types, Dwarf_Die die);

/*
 * Does the variable belong to the place where a macro of the kernel's is used, so that a copy of
 * the code needs one of its own? Its type tells, or its name: __already_done and __print_once
 * (include/linux/once_lite.h), __warned, __key, _rs (include/linux/ratelimit_types.h).
 */
bool local_is_of_place(const struct types *types, size_t type, const char *name);

#endif
