/* SPDX-License-Identifier: GPL-2.0-only */
/* The outcome of resolving a name: which symbol of which object, or why there is none. */
#ifndef KLP_RESOLVED_H
#define KLP_RESOLVED_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf/defs.h"
#include "image/objects.h"
#include "patch/source.h"

enum resolution {
	RESOLVED_EXPORT,    /* exported: an ordinary relocation, which modpost handles */
	RESOLVED_LIVEPATCH, /* a livepatch symbol */
	RESOLVED_NONE,	    /* weak and nowhere: the kernel leaves it zero */
	RESOLVED_REFUSED,   /* error() has said why */
};

struct resolved {
	enum resolution how;
	const struct ksym *sym;	     /* RESOLVED_LIVEPATCH */
	size_t position;	     /* 0: the name is unique, else as old_sympos counts */
	const struct def *def;	     /* what DWARF knows of it, or NULL */
	const struct object *owner;  /* RESOLVED_LIVEPATCH: whose symbol it is */
	const struct object *gate;   /* ... and the patched object whose relocation it becomes */
	const struct symver *export; /* RESOLVED_EXPORT */
};

/* What a function returns when error() has said why. */
extern const struct resolved resolved_refused;

/* Do both mean the same symbol, with the same object to wait for? */
bool resolved_same(const struct resolved *a, const struct resolved *b);

/*
 * The livepatch symbol sym of owner, whose relocation waits for gate. Refuses a symbol in init
 * memory, and one without a position that holds always and in all kernels.
 */
struct resolved resolved_livepatch(const struct rules *rules, const struct source *source,
				   const struct object *owner, const struct object *gate,
				   const struct ksym *sym, const struct def *def);

/*
 * The same of the global symbol of that name in owner, whoever exports it; RESOLVED_NONE: there is
 * none. def: the definition that is meant, or NULL.
 */
struct resolved resolved_global(const struct rules *rules, const struct source *source,
				const struct object *owner, const struct object *gate,
				const char *name, const struct def *def);

#endif
