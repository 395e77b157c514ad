/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One piece of work for each of many items, in as many processes as there are CPUs: libdwarf does
 * not take threads. Where it takes longer than two seconds a terminal shows how far it is.
 */
#ifndef KLP_PARALLEL_H
#define KLP_PARALLEL_H

#include <stddef.h>

struct parallel {
	const char *what; /* for people: "units searched" */
	size_t items;
	size_t record_size; /* of what parallel_send() sends; at most PIPE_BUF bytes */
	/*
	 * Does item i; error() is a failure, whatever is returned. It may run in another process,
	 * so what it changes in memory is lost.
	 */
	int (*work)(struct parallel *p, size_t i);
	/*
	 * Takes a record of any item, in any order; called in the first process, one record after
	 * the other.
	 */
	void (*take)(struct parallel *p, const void *record);
	void *arg;
	int out; /* internal: where records go */
};

/* From work(): sends a record to take(). */
void parallel_send(struct parallel *p, const void *record);

/* Does all items. -1 after error() when one failed. */
int parallel_run(struct parallel *p);

#endif
