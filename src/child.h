/* SPDX-License-Identifier: GPL-2.0-only */
/* Child processes whose end is always known: how one ended decides what is said of its work. */
#ifndef KLP_CHILD_H
#define KLP_CHILD_H

#include <sys/types.h>

/*
 * As fork(). Who starts a program may have told it to ignore SIGCHLD, and then the kernel says of
 * no child how it ended (kernel/signal.c, do_notify_parent()): that is undone first.
 */
pid_t child_start(void);

/* Waits for a child's end; what waitpid(2) says of it, to be taken apart with WIFSIGNALED()... */
int child_wait(pid_t pid);

#endif
