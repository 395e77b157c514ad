/* SPDX-License-Identifier: GPL-2.0-only */
/* Which pieces of the patched file the patch needs, and what each of their references means. */
#ifndef KLP_SELECT_H
#define KLP_SELECT_H

#include "diff/diff.h"
#include "diff/origin.h"
#include "diff/tracepoint.h"

struct selection {
	bool *in;	/* by piece of the patched file */
	char **outside; /* by piece: the name of what stays the kernel's, or NULL */
	struct tracepoints asked;
	char *this_module; /* the name of the module that the file is in, or NULL: it is in vmlinux
			    */
};

/*
 * From the functions that are replaced and what is new and global on, all that they refer to and
 * the kernel does not have; and names for what it has. error() and -1 when something cannot be had;
 * all that is so is reported.
 */
int selection_make(struct selection *s, struct diff *d, struct original *o, const char *path);

/*
 * What the cut object calls what the patched file calls so, and another file has: THIS_MODULE is
 * not the patch, and a static call may be another's.
 */
const char *selection_name(const struct selection *s, const char *name);

void selection_free(struct selection *s, const struct diff *d);

#endif
