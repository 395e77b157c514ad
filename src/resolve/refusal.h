/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a name cannot be resolved, as an error that says what is there and what to do. */
#ifndef KLP_UNRESOLVED_H
#define KLP_UNRESOLVED_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf/defs.h"
#include "image/objects.h"
#include "patch/source.h"
#include "resolve/scope.h"

/*
 * In the scope, but not under its name: inlined, optimised away, or a clone. What helps depends on
 * whether the patch calls it or means to replace it.
 */
void report_vanished(const struct objects *objects, const struct source *source,
		     const struct scope *scope, const struct def *def, bool to_replace);

/* In the scope more than once, which is compiled more than once. */
void report_twice(const struct source *source, const struct scope *scope, const char *name,
		  const char *way_out, const struct ksym *all, size_t count);

/*
 * Not in the scope as debug information has it, but in the symbol table: a local symbol under the
 * STT_FILE of the tagged file, and of no other unit (there are many files of one name). What the
 * file means by the name is that, and never somebody else's. Returns false, silent, where there is
 * none.
 */
bool report_local(const struct source *source, const struct scope *scope, const char *name,
		  const struct ksym *all, size_t count);

/* Have other files of the object, or of vmlinux, a static of the name that is used? */
bool is_static_elsewhere(const struct objects *objects, const struct object *object,
			 const char *name);

/*
 * Not in the scope (which may be NULL), no global: static elsewhere, or misspelt. use is NULL for a
 * function that is to be replaced, which can be the object's only.
 */
void report_unknown(const struct objects *objects, const struct source *source,
		    const struct scope *scope, const struct object *object, const char *name,
		    const struct use *use);

#endif
