/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One process, in a child of this program: what threads it has stopped go on when it ends, however
 * that comes about, and what a process has in its memory can crash nobody else.
 */
#ifndef KLP_WORKER_H
#define KLP_WORKER_H

#include <sys/types.h>

#include "apply/outcome.h"
#include "apply/stop.h"
#include "user/patch_file.h"

enum worker_task { WORKER_APPLY, WORKER_REVERT };

struct worker_options {
	unsigned int wait_s; /* how long to try again where a process is busy */
	unsigned int max_stop_ms;
};

struct worker_result {
	struct process_outcome outcome;
	char command[32];
	uint64_t stopped_us; /* all threads; 0: none was stopped */
};

/* Applies or reverts, again and again while it is busy. deadline: stop_now() + wait. */
void worker_run(enum worker_task task, pid_t pid, const struct patch_file *patch,
		const struct worker_options *options, uint64_t deadline, struct worker_result *ret);

/*
 * Applies to a process whose only thread is stopped and stays so, in this program itself. -1 with
 * the outcome.
 */
int worker_apply_stopped(pid_t pid, const struct patch_file *patch,
			 const struct worker_options *options, struct stop_thread *thread,
			 struct worker_result *ret);

#endif
