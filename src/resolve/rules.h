/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose symbol is it? The rules by which a name that an object file uses becomes one symbol of the
 * target, or a refusal that says why (doc/architecture.md, "Whose symbol is it?").
 */
#ifndef KLP_RESOLVE_H
#define KLP_RESOLVE_H

#include <stddef.h>

#include "dwarf/file.h"
#include "image/objects.h"
#include "resolve/outcome.h"
#include "resolve/scope.h"

struct resolver {
	struct objects *objects;
};

/* One name that an object file uses. */
struct resolved resolve_use(const struct resolver *r, const struct source *source,
			    const struct scope *scope, const struct use *use);

/*
 * The function of an object that a struct klp_func replaces, whose new function stands in source.
 * author: the old_sympos that the author wrote, 0 when left open. On RESOLVED_LIVEPATCH position
 * is what old_sympos has to be.
 */
struct resolved resolve_old_function(const struct resolver *r, const struct source *source,
				     const struct scope *scope, const struct object *object,
				     const char *name, uint64_t author);

#endif
