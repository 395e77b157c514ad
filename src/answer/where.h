/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of a function or variable that has no symbol: where it is defined, and which
 * functions have it inlined.
 */
#ifndef KLP_WHERE_H
#define KLP_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf/locate.h"
#include "image/objects.h"

struct where {
	struct location location;
	bool header;	  /* other units may have it, too */
	bool function;	  /* else a variable */
	char *inlined;	  /* "\n  NAME at PATH:LINE" for each function that has it; NULL: none */
	size_t functions; /* how many these are */
};

/*
 * The definitions of that name in an object that have no code or data of their own, at most max of
 * them, each once. Returns how many, or -1 after error().
 */
int where_find(const struct objects *objects, const struct object *object, const char *name,
	       struct where *ret, size_t max);

void where_free(struct where *w, size_t n);

#endif
