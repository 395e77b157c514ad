/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scope that a tag stands for: the compile units of one kernel source file in one object, and
 * what they say about the names that the patch uses.
 */
#ifndef KLP_SCOPE_H
#define KLP_SCOPE_H

#include <stddef.h>

#include "dwarf/defs.h"
#include "dwarf/units.h"
#include "image/objects.h"
#include "patch/object_file.h"

struct scope {
	const char *tag;
	const char *within;	     /* the name of the object, where the tag says it; or NULL */
	const struct source *source; /* a file that has this tag, for messages */
	struct object *object;	     /* that the file is compiled into */
	struct unit_query query;
	struct defs defs; /* of all units, in their order */
};

struct scopes {
	struct scope *scope;
	size_t n, cap;
};

/* Asks for the scope of a source's tag; nothing when it has none. */
void scopes_want(struct scopes *s, const struct source *source);

/* Asks for the scope of a kernel file that a macro of <klpmake.h> names in this source. */
void scopes_want_file(struct scopes *s, const struct source *source, const char *file);

/* The scope of a kernel file, which has to be one that was asked for. */
const struct scope *scopes_find_file(const struct scopes *s, const char *file);

/*
 * Finds the units of all tags, in one walk over vmlinux's DWARF, then in the modules, or in the
 * object that the tag names, and reads what they say of the wanted names. error() and -1 when a tag
 * names no file of the kernel, or more than one.
 */
int scopes_read(struct scopes *s, struct objects *objects);

/* The scope of a source, or NULL when it has no tag. */
const struct scope *scopes_find(const struct scopes *s, const struct source *source);

void scopes_free(struct scopes *s);

#endif
