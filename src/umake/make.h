/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deciding all about a patch for programs: which function each new one replaces, what each name
 * that its object files leave undefined is. The result is the table of symbols (user/table.h).
 */
#ifndef KLP_UMAKE_H
#define KLP_UMAKE_H

#include "binary/rules.h"
#include "resolve/replaced.h"
#include "resolve/uses.h"
#include "umake/guard.h"
#include "user/table.h"

/* A guard that is needed. */
struct making_guard {
	const char *new_name; /* the table's */
	struct guard guard;
};

/* What is being made. */
struct making {
	struct binary_objects target;
	struct modules mods; /* one: the patch */
	struct scopes scopes;
	struct decisions uses;
	struct replacements replaced;
	struct user_table *table;
	struct making_guard *guard;
	size_t guards, guards_cap;
};

/* The number of a binary among the table's targets, which is added when it is not there. */
size_t making_target(struct making *m, const struct binary *b);

/* Adds the lines of all names that are used; errors are counted. */
void make_symbols(struct making *m);

/* Adds the lines of all functions that are replaced; errors are counted. */
void make_functions(struct making *m);

/* Refuses what takes the address of a new function that a linker does not see; errors are counted.
 */
void check_taken_addresses(const struct making *m);

#endif
