/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The beginning of a livepatch's C file for one kernel file: the functions that replace functions
 * of it, with prototypes and no bodies, and declarations of all that the bodies refer to.
 */
#ifndef KLP_DRAFT_H
#define KLP_DRAFT_H

#include "draft/ask.h"
#include "draft/types.h"

struct draft_function {
	char *name, *prototype, *place;
	char *result;	       /* what an empty function returns; NULL: nothing */
	struct lines replaces; /* OLD_NAME, NEW_FUNCTION, old_sympos or 0, with tabs between */
};

struct draft {
	const char *tag;
	const struct object *object;
	const struct draft_headers *headers;
	struct lines include, early, forward, define, declare, remark;
	/* What a header has to say before a prototype of these functions. */
	struct lines shared;
	struct draft_function *function;
	size_t n, cap;
	struct advice_unit *unit; /* read last */
};

/* error() and -1 when the debug information is damaged, or does not tell the prototype. */
int draft_add(struct draft *d, const struct objects *objects, const struct answered *a);

/* Lines of a key, a tab and a text: klpdecl(1). */
void draft_print(struct draft *d);

void draft_free(struct draft *d);

#endif
