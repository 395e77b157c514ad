/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which functions stopped threads are in: unwound by libdw, from .eh_frame alone. Words that look
 * like return addresses are not enough: a signal handler on a stack of its own hides its caller
 * from them. A stack whose bottom is not reached, or that leads through code without unwind
 * information, is not known, which counts as being everywhere.
 */
#ifndef KLP_STACK_H
#define KLP_STACK_H

#include "apply/objects.h"
#include "apply/record.h"
#include "apply/stop.h"

/* Code in which no thread may be. */
struct stack_range {
	uint64_t low, high;
	const char *name; /* of the function */
	bool entry;	  /* being at its very first byte is no harm */
};

struct stack;

/*
 * Prepares for all objects and for the images that records name, while the process runs. -1 with
 * the outcome.
 */
int stack_open(struct stack **ret, struct process *p, const struct loaded_list *objects,
	       const struct record *records, size_t record_count);
void stack_close(struct stack *s);

/* -1 with the outcome (busy) when a stopped thread is in one of the ranges, or that is not known.
 */
int stack_check(struct stack *s, struct stop *stop, const struct stack_range *range, size_t count);

#endif
