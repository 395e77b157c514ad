/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls that a stopped thread makes for us.
 *
 * The thread runs a stub of the architecture (apply/machine.h), which lies where the file that is
 * mapped there has ended but its last page has not, of a program, a library or the kernel's own
 * (vdso): nobody has code in that place. The stub
 * brings the thread back by itself. If we live we are faster: we restore what was there, with the
 * system call that it was in, so that the kernel itself decides whether that begins anew. Killing
 * us leaves the thread in the stub or behind it, never lost.
 *
 * Two things do not survive our death in the microseconds between: a signal that comes then does
 * not end a blocking call that has not begun anew yet, and a thread with a seccomp filter meets
 * that filter again.
 */
#ifndef KLP_INJECT_H
#define KLP_INJECT_H

#include "apply/objects.h"
#include "apply/stop.h"

struct inject_call {
	long number;
	uint64_t arg[6];
	int64_t result;
};

/* A place for the stub; 0: the process has none. */
uint64_t inject_place(const struct process *p, const struct loaded_list *objects);

/* Makes the calls, one after the other; those behind one that fails are not made. */
int inject(struct stop *s, struct stop_thread *t, uint64_t place, struct inject_call *call,
	   size_t count);

#endif
