/* SPDX-License-Identifier: GPL-2.0-only */
/* Child processes. How one ended is always known, because it decides whether its work counts. */
#ifndef KLP_CHILD_H
#define KLP_CHILD_H

#include <sys/types.h>

/*
 * As fork(), after setting SIGCHLD back to its default: a parent may have made this program ignore
 * it, and then the kernel reports of no child how it ended (kernel/signal.c, do_notify_parent()).
 */
pid_t child_start(void);

/* Waits until a child ends. Returns the status of waitpid(2), for WIFSIGNALED() and its like. */
int child_wait(pid_t pid);

#endif
