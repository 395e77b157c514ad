/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second witness of the symbols that a patch uses. klpsyms finds them by debug information; the
 * kernel's own code has their addresses in it, at the references of functions that are proven to be
 * what their source compiles to. What both ways say has to be the same.
 */
#ifndef KLP_CHECK_WITNESS_H
#define KLP_CHECK_WITNESS_H

#include "check/say.h"
#include "same/code_tables.h"

struct witness {
	const char *dir;   /* with the object files of the unchanged sources */
	const char *table; /* the module's table of symbols; NULL: there is nothing to ask */
	const char **list; /* klpdiff(1) has written them: whose symbol each name is */
	size_t lists;
	bool json; /* nothing is printed */
	/* How many symbols there are, and how many of them the kernel's code has. */
	size_t symbols, seen;
};

/*
 * Compares. error() for each symbol that the kernel's code has elsewhere, or that the module does
 * not use. What no equal function of the file refers to is not seen, and printed.
 */
void witness_compare(struct check *c, const struct code_tables *tables, struct witness *w);

#endif
