/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Applying patches to programs as they start. The kernel asks us before it executes a file that is
 * a target (fanotify(7), FAN_OPEN_EXEC_PERM); while it waits for the answer the process is seized,
 * and it is patched when it has come to its entry, before main(). When we are gone, the kernel asks
 * nobody.
 */
#ifndef KLP_WATCH_H
#define KLP_WATCH_H

#include "apply/worker.h"

/*
 * Watches until a signal ends it. More files than those that are found by name may be given. -1
 * after error().
 */
int watch_directory(const char *directory, char *const *file, size_t files,
		    const struct worker_options *options);

#endif
