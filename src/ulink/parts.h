/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of the patch, filled from the table of symbols and the object's words. */
#ifndef KLP_ULINK_PARTS_H
#define KLP_ULINK_PARTS_H

#include "base/strmap.h"
#include "binary/binary.h"
#include "elf/strings.h"
#include "user/table.h"

struct link_parts {
	const struct binary *object;
	const struct user_table *table;
	struct user_head head;
	struct user_target *target; /* as many as the table has */
	struct user_func *func;
	struct user_range *range;
	size_t ranges, ranges_cap;
	struct user_fixup *fixup;
	size_t fixups, fixups_cap;
	struct strings names;
	struct strmap known; /* where a name is in names */
};

/* The place of a name among the patch's names. */
uint32_t link_name(struct link_parts *p, const char *name);

/* Fills head, targets, functions. error() and -1 on failure. */
int link_functions(struct link_parts *p);

/* Fills fixups. error() and -1 when a word is none that a patch can have. */
int link_fixups(struct link_parts *p);

/* Writes all of it. */
int link_output(struct link_parts *p, const char *path);

void link_parts_free(struct link_parts *p);

#endif
