/* SPDX-License-Identifier: GPL-2.0-only */
/* Applying and reverting for the processes that a user means: some, or all that there are. */
#ifndef KLP_MANY_H
#define KLP_MANY_H

#include "apply/worker.h"

/* Each says what came of it. -1 after error() if one was not done. */
int many_processes(enum worker_task task, const struct patch_file *patch, const pid_t *pid,
		   size_t count, const struct worker_options *options);

/* All processes that run a target, but process 1; the same, and counts. */
int many_all(enum worker_task task, const struct patch_file *patch,
	     const struct worker_options *options);

#endif
