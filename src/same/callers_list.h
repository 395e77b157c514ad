/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that lead to a clone, as lines below a message. */
#ifndef KLP_CALLERS_LIST_H
#define KLP_CALLERS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "image/objects.h"
#include "same/callers.h"
#include "symbols/functions.h"

struct callers_list {
	const struct objects *objects;
	const struct object *object; /* that the code is in */
	struct functions *functions;
	/* Which to list; NULL: all but those in init memory. in: NULL when no symbol is there */
	bool (*wanted)(const struct ksym *in, void *arg);
	void *arg;
};

/*
 * "\n  NAME calls it" for each function among n callers of a clone, and why it cannot be patched
 * where it cannot. NULL when there is none. To be freed.
 */
char *callers_list(const struct callers_list *l, const struct ksym *clone,
		   const struct caller *caller, size_t n);

/*
 * The same for all callers, which are searched for in the object's code; where that is impossible,
 * the line says so. code: the file of the object that has code.
 */
char *callers_list_all(const struct objects *objects, const struct object *object,
		       const struct elf_file *code, const struct ksym *clone);

#endif
