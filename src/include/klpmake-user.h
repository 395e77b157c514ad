/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <klpmake-user.h>: what a patch for running programs says of itself. The structures are those of
 * the kernel's livepatches, as far as they have a meaning here. They are for klpmake, which reads
 * them when it makes the patch; no process gets them.
 */
#ifndef KLPMAKE_USER_H
#define KLPMAKE_USER_H

struct klp_func {
	const char *old_name;	  /* the function to replace */
	void *new_func;		  /* the function of the patch that replaces it */
	unsigned long old_sympos; /* left out: klpmake finds it by the file's tag */
};

/* Ends with an empty element, like the functions of each. */
struct klp_object {
	const char *name; /* left out: the target of the Makefile; else a library's SONAME */
	struct klp_func *funcs;
};

struct klp_patch {
	struct klp_object *objs;
	unsigned int version; /* a higher one takes the place of a lower one */
};

/* Says which struct klp_patch is the one: once in a patch. */
#define KLP_PATCH(PATCH)                                                            \
	static const struct klp_patch *const klp_patch_of_klpmake                   \
		__attribute__((section(".klp.patch"), used)) = &(PATCH)

/* KLP_STATIC_LOCAL(FUNCTION, NAME), KLP_STATIC_LOCAL_AT(FUNCTION, NAME, LINE) */
#include "klpmake_names.h"

#endif
