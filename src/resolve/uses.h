/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each name that the patch uses becomes, and what follows from all of them together: renames,
 * the lines of the table of symbols, the modules that are still imported from.
 */
#ifndef KLP_USES_H
#define KLP_USES_H

#include <stddef.h>

#include "klp/table.h"
#include "patch/module.h"
#include "resolve/rules.h"
#include "resolve/scope.h"

/* The modules of one patch directory. */
struct modules {
	struct patch_module *m;
	size_t n;
};

/* A name in an object file, and what came of it. */
struct decision {
	const struct patch_module *module;
	const struct object_file *file;
	const struct use *use;
	struct resolved found;
};

struct decisions {
	struct decision *d;
	size_t n, cap;
};

/* Decides every name; errors are counted, not returned, so that one run reports all of them. */
void decide_uses(const struct resolver *r, const struct modules *mods, const struct scopes *scopes,
		 struct decisions *ret);

/*
 * Writes "OBJECT OLD NEW" lines for names that mean two symbols; path NULL: that is an error.
 * error() and -1 on failure.
 */
int write_renames(const struct decisions *all, const char *path);

/* Adds the livepatch symbols to the table, and depends= where it gets shorter. */
void add_symbols(const struct decisions *all, struct symtable *table);
void decide_depends(const struct modules *mods, const struct decisions *all,
		    struct symtable *table);

#endif
