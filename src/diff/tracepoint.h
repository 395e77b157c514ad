/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of modules, in functions of modules.
 *
 * The kernel switches the branch of trace_NAME() on and off, and for that it reads the list of such
 * branches when it loads a livepatch, before it knows the symbols of a module. Where the compiler
 * has left a jump for objtool to make a no-op of (arch/x86/include/asm/jump_label.h,
 * arch_static_branch()), there is another way: what is in no list stays a jump. The code asks the
 * tracepoint for its probes each time that it runs, as it does behind such a branch, and
 * __traceiter_NAME() calls them in the place of the static call (include/linux/tracepoint.h).
 */
#ifndef KLP_DIFF_TRACEPOINT_H
#define KLP_DIFF_TRACEPOINT_H

#include "diff/diff.h"
#include "diff/origin.h"

/* Tracepoints that are asked each time. */
struct tracepoints {
	struct tracepoint {
		char *name, *trampoline, *iterator;
	} * t;
	size_t n, cap;
};

/*
 * Is an entry of a table such a branch, and can it be left out? Then the tracepoint is one of t,
 * which begins as zeros.
 */
bool tracepoints_take(struct tracepoints *t, const struct diff *d, const struct original *o,
		      size_t entry);
void tracepoints_free(struct tracepoints *t);

/* What has to be called in the place of what a name means: the name itself, or an iterator. */
const char *tracepoints_call(const struct tracepoints *t, const char *name);

/* In the place of what that is called, as far as it is an iterator: else the name itself. */
const char *tracepoints_called(const struct tracepoints *t, const char *name);

#endif
