/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a C file needs for types to be known in it: the headers that have them, and the definitions
 * of those that no header for modules has.
 */
#ifndef KLP_DRAFT_TYPES_H
#define KLP_DRAFT_TYPES_H

#include "draft/lines.h"
#include "resolve/advice.h"

/* Directories in which the target's headers lie as in its tree. */
struct draft_headers {
	const char *const *dir;
	size_t n;
};

struct draft_types {
	struct advice_unit *u;
	const struct draft_headers *headers;
	struct lines *include; /* "#include <linux/fs.h>" */
	struct lines *forward; /* "struct record;" */
	struct lines *define;
	bool pointers;	     /* "struct record *" needs no more than a forward declaration */
	unsigned char *seen; /* of each type of the unit: 1: within another, 2: for itself */
};

void draft_types_begin(struct draft_types *w, struct advice_unit *u,
		       const struct draft_headers *headers);

/* Adds what a type of the unit needs, or a function's or variable's. */
void draft_types_add(struct draft_types *w, size_t type);

void draft_types_end(struct draft_types *w);

/*
 * The #include for what stands at "path:line"; NULL when that is not a header which a module can
 * include by its name, and *known is set when another header brings it along. To be freed.
 */
char *draft_include(const struct draft_headers *headers, const char *place, bool *known);

#endif
