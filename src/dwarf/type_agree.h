/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Do a patch and the kernel mean the same by a type, as far as machine code goes?
 *
 * Only what changes the machine's view counts: sizes, places, numbers of arguments, and whether a
 * value is an integer, a pointer, a structure. Not how it is spelt: typedefs, const and volatile,
 * signedness, an enum for an integer of its size, void * for any pointer, an array without a bound
 * for one with a bound. What a pointer points to is compared by its name; met() is called with what
 * both sides define under that name, for a caller that compares that as well.
 */
#ifndef KLP_TYPE_AGREE_H
#define KLP_TYPE_AGREE_H

#include "dwarf/types.h"

struct agree {
	const struct types *patch, *kernel;
	/* Both sides define what one of them points to: indices there. May be NULL. */
	void (*met)(size_t patch, size_t kernel, void *arg);
	void *arg;
	const char *whose; /* what the other side is called; NULL: kernel */
};

/*
 * NULL when the two agree, else the first thing in which they do not, with both sides of it; to be
 * freed. For functions, a caller may ignore the result.
 */
char *disagree_function(const struct agree *a, size_t patch, size_t kernel, bool patch_calls);
char *disagree_variable(const struct agree *a, size_t patch, size_t kernel);

/*
 * The same for the layout of two structures, unions or enumerations. Members that the patch leaves
 * out do not count as a difference: *shorter says whether it ends before the kernel's does.
 */
char *disagree_layout(const struct agree *a, size_t patch, size_t kernel, bool *shorter);

/* Is a variable with that type, or are the elements of it, const? */
bool type_is_const(const struct types *t, size_t i);

#endif
