/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The users of the kernel's own code of a function that go on using it once the patch is loaded:
 * functions that call it or have it inlined, tables that lead to it. A function that the patch
 * replaces, or to which only such functions lead, does not count.
 */
#ifndef KLP_CHECK_USERS_H
#define KLP_CHECK_USERS_H

#include "check/effect/old.h"

struct users {
	struct def def; /* of the function */
	char *list;	/* "\n  NAME calls it at PATH:LINE" for each, or NULL */
	size_t n;
	bool unknown; /* on this architecture not all users can be seen: there may be more */
	/* The patch's copy is what a file of check.compared became: code that such files leave as
	 * it is does not count, because it is what they became, too. */
	bool compared;
};

/* Is a compile unit that of a file of check.compared? */
bool users_compared(const struct check *c, struct dwarf_file *d, Dwarf_Off unit);

/* Finds the users of n functions of one object. error() and -1 when the kernel is damaged. */
int users_find(struct check *c, struct check_debug *debug, struct users *u, size_t n);

void users_free(struct users *u);

#endif
