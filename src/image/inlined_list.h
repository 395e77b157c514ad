/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that a function was inlined into, as lines below a message. */
#ifndef KLP_INLINED_LIST_H
#define KLP_INLINED_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf/defs.h"
#include "dwarf/file.h"
#include "dwarf/inlined.h"
#include "image/objects.h"
#include "symbols/functions.h"

struct inlined_list {
	const struct objects *objects;
	const struct object *object; /* that the code is in */
	struct functions *functions;
	/*
	 * Which places to list (NULL: all but those in init memory); in: the function that has the
	 * copy, NULL when no symbol is there.
	 */
	bool (*wanted)(const struct inlined_place *p, const struct ksym *in, void *arg);
	void *arg;
};

/* The function that has a copy: its symbol, or NULL. */
const struct ksym *inlined_container(struct functions *f, const struct inlined_place *p);

/*
 * "\n  NAME at PATH:LINE" for each inlined copy of a function that is wanted, and why it cannot be
 * patched where it cannot; a long list is cut short, and says so. *n is how many functions there
 * are in it. NULL when there is nothing to list.
 */
char *inlined_list(const struct inlined_list *l, const struct inlined *in, size_t function,
		   size_t *n);

/*
 * The same of one function: all its copies in an object, or NULL. error() and -1 when debug
 * information cannot be read.
 */
int inlined_list_all(const struct objects *objects, const struct object *object,
		     const struct def *def, char **ret);

#endif
