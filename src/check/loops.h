/* SPDX-License-Identifier: GPL-2.0-only */
/* Does the code of an old function go round for ever? Its debug information does not say that. */
#ifndef KLP_CHECK_LOOPS_H
#define KLP_CHECK_LOOPS_H

#include "check/effect/old.h"

bool name_is_one_of(const char *name, const char *const *names, size_t n);

/*
 * Functions in which a task ends: kernel/exit.c, kernel/kthread.c. An ended task has no stack and
 * does not hold up the transition (arch_stack_walk_reliable(), try_get_task_stack()).
 */
bool loops_ends_task(const char *name);

/* include/linux/sched.h: it waits until it is woken. */
bool loops_waits(const char *name);

struct loops {
	bool unknown; /* the code could not be read */
	/* Nothing in it leads out of it, and no call in it ends the task. */
	bool for_ever;
	/*
	 * It waits, does something, and waits again. What waits for one event goes round as well
	 * (wait_event() in include/linux/wait.h), but calls nothing of its own object on the way.
	 */
	bool works;
};

/* Reads the function and its parts that lie elsewhere. */
struct loops loops_read(struct check *c, const struct check_old *old);

#endif
