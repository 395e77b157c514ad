/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an author writes to have a name of a kernel file in a patch: the header that declares it,
 * its declaration as C, or the place to copy it from. This comes from the debug information of the
 * file's compile unit, which does not have macros.
 */
#ifndef KLP_ADVICE_H
#define KLP_ADVICE_H

#include <stdbool.h>

#include "dwarf/defs.h"
#include "dwarf/types.h"
#include "image/objects.h"
#include "same/code.h"

/* A compile unit of the kernel, read for that. */
struct advice_unit {
	struct object *object;
	struct types types;
	struct defs defs; /* of all names */
	struct code code; /* its object's */
};

enum advice_kind {
	ADVICE_HEADER,	/* text: "<linux/slab.h>" */
	ADVICE_DECLARE, /* text: "static int helper(int x);" */
	ADVICE_COPY,	/* text: "kernel/fork.c:12" */
	ADVICE_TRACE,	/* text: what to write for trace_NAME() of a header that is not there */
	ADVICE_GONE,	/* text: why the patch can have neither it nor a copy of it */
};

struct advice {
	enum advice_kind kind;
	char *text;
	char *place;	       /* "kernel/fork.c:12": where the kernel has it */
	char *declaration;     /* as C; NULL of what has none: types, and functions of headers */
	const char *reason;    /* of ADVICE_COPY: why it has to be a copy */
	const struct def *def; /* of a function or variable */
	size_t type;	       /* its entry in the unit's types */
};

/* error() and -1 when the debug information is damaged. */
int advice_open(struct advice_unit *u, struct object *object, const struct arch *arch,
		Dwarf_Off unit);

/* Also for one that is all zero, as advice_open() leaves what it could not read. */
void advice_close(struct advice_unit *u);

/* For a function or variable at file scope. False when the unit has none of that name. */
bool advice_of_name(struct advice_unit *u, const char *name, struct advice *ret);

/*
 * The declaration of that as a compiler takes it wherever it stands, and nothing else: extern, also
 * of a static function. NULL: it cannot be written. To be freed.
 */
char *advice_code(struct advice_unit *u, const struct advice *a);

/* The same for a structure, union, enumeration or typedef, and for an enumeration's constant. */
bool advice_of_type(struct advice_unit *u, const char *name, struct advice *ret);
bool advice_of_constant(struct advice_unit *u, const char *name, struct advice *ret);

/* Has a structure or union, or what a typedef stands for, a member of that name, however deep? */
bool advice_has_member(const struct advice_unit *u, size_t type, const char *name);

void advice_free(struct advice *a);

/*
 * The further types that a declaration, or a copy of a type, needs and no header has, as lines "\n"
 * PREFIX "struct record: copy it from kernel/gamma.c:12" each; NULL: none. To be freed.
 */
char *advice_private_types(struct advice_unit *u, size_t type, const char *prefix);

/* "<linux/slab.h>" for a path in a kernel tree that modules can include; NULL for any other. */
char *advice_header(const char *path);

#endif
