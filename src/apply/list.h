/* SPDX-License-Identifier: GPL-2.0-only */
/* What is applied to which process: read from the processes, nothing is stopped. */
#ifndef KLP_LIST_H
#define KLP_LIST_H

#include <stdbool.h>
#include <sys/types.h>

/* Of one process (error() and -1 if it cannot be looked at), or of all: pid 0. */
int list_processes(pid_t pid, bool json);

#endif
