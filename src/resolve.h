/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose symbol is it? The rules by which a name that a template uses becomes one symbol of the
 * target, or a refusal that says why (doc/architecture.md, "Whose symbol is it?").
 */
#ifndef KLP_RESOLVE_H
#define KLP_RESOLVE_H

#include <stddef.h>

#include "dwarf_file.h"
#include "scope.h"
#include "target.h"

enum resolution {
	RESOLVED_EXPORT,    /* exported: an ordinary relocation, modpost sees to it */
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

struct resolver {
	struct objects *objects;
};

/* One name that a template uses. */
struct resolved resolve_use(const struct resolver *r, const struct source *source,
			    const struct scope *scope, const struct use *use);

/*
 * The function of an object that a struct klp_func replaces, whose new function stands in source.
 * author: the old_sympos that the author wrote, 0 when left open. On RESOLVED_LIVEPATCH position
 * is what old_sympos has to be.
 */
struct resolved resolve_old_function(const struct resolver *r, const struct source *source,
				     const struct scope *scope, const struct object *object,
				     const char *name, size_t author);

#endif
