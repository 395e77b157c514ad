// SPDX-License-Identifier: GPL-2.0-only
/* Functions that are not left, and near ones that are. */
#include "mini.h"

typedef int thread_fn(void *data);

noinline noclone void *kthread_create_on_node(thread_fn *fn, void *data, int node);
noinline noclone void *kthread_create_on_node(thread_fn *fn, void *data, int node)
{
	return (void *)(sink((long)fn) + sink((long)data) + node);
}

noinline noclone bool kthread_should_stop(void);
noinline noclone bool kthread_should_stop(void)
{
	return sink(1) > 2;
}

/* A main loop. */
static int thread_loop(void *data)
{
	while (!kthread_should_stop())
		sink((long)data);
	return 0;
}

/* A thread that does one thing. */
static int thread_once(void *data)
{
	return (int)sink((long)data);
}

noinline noclone long register_handler(thread_fn *fn);
noinline noclone long register_handler(thread_fn *fn)
{
	return sink((long)fn);
}

/* Asks whether it should stop, and its address is passed on, but not to start a thread. */
noinline noclone int thread_helper(void *data);
noinline noclone int thread_helper(void *data)
{
	return kthread_should_stop() ? 1 : (int)sink((long)data);
}

int thread_start(void *data);
int thread_start(void *data)
{
	void *loop = kthread_create_on_node(thread_loop, data, -1);

	return thread_helper(data) + (int)register_handler(thread_helper) +
	       (loop != kthread_create_on_node(thread_once, data, -1));
}

__attribute__((noreturn)) void never_left(int x);
__attribute__((noreturn)) void never_left(int x)
{
	for (;;)
		sink(x);
}
