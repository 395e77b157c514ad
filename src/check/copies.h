/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which functions of the patch are copies of the kernel's: for the passes that doubt whether a copy
 * may stand beside what it was copied from. In the child process of check/types/types.h.
 *
 * The kernel's function is one that a home unit defines, itself or in a header. The patch's is from
 * the patch's own files, and has its name; or that name with what stands before or behind the names
 * of old functions in those of the new ones (livepatch_NAME), or with a prefix that such patches
 * use (livepatch_, klp_, klpp_, klpr_, kpatch_, lp_, new_, patched_, fixed_, my_, underscores). A
 * function with no such counterpart in the kernel is the patch's own.
 */
#ifndef KLP_CHECK_COPIES_H
#define KLP_CHECK_COPIES_H

#include "check/types/types.h"

struct copy {
	struct patch_unit *unit;
	size_t entry; /* of the patch's function, in unit->types */
	const char *name;
	const struct kernel_unit *home;
	size_t kernel; /* of the kernel's, in home->types */
	const char *old_name;
	bool replaces; /* it is the new function for that one */
};

struct copies {
	struct copy *c;
	size_t n, cap;
};

/* Found once, for all who ask. */
struct copies *copies_of(struct type_checks *t);

/* The kernel's name for a name in the patch: that of the copied function, or the name itself. */
const char *copies_meant(const char *name, void *copies);

/* "klp-x.c:12" and "net/core/dev.c:34" of a copy. */
void copy_places(const struct type_checks *t, const struct copy *copy, char *own, char *kernel,
		 size_t size);

#endif
