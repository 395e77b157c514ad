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

noinline noclone void *create_io_thread(thread_fn *fn, void *data, int node);
noinline noclone void *create_io_thread(thread_fn *fn, void *data, int node)
{
	return (void *)(sink((long)fn) + sink((long)data) + node);
}

noinline noclone void schedule(void);
noinline noclone void schedule(void)
{
	sink(1);
}

/* A worker, which asks for a flag of its own. */
static int io_worker(void *data)
{
	while (sink((long)data) < 7)
		schedule();
	return 0;
}

/* One that does one thing; and a thread of another kind that sleeps once. */
static int io_once(void *data)
{
	return (int)sink((long)data + 1);
}

static int thread_sleeps(void *data)
{
	schedule();
	return (int)sink((long)data + 2);
}

int io_start(void *data);
int io_start(void *data)
{
	void *worker = create_io_thread(io_worker, data, -1);

	return worker != create_io_thread(io_once, data, -1) &&
	       worker != kthread_create_on_node(thread_sleeps, data, -1);
}

int thread_start(void *data);
int thread_start(void *data)
{
	void *loop = kthread_create_on_node(thread_loop, data, -1);

	return thread_helper(data) + (int)register_handler(thread_helper) +
	       (loop != kthread_create_on_node(thread_once, data, -1));
}

/* Threads that ask for nothing: one has no way out, one works and waits by turns until it is told
 * to end. */
static int thread_for_ever(void *data)
{
	for (;;) {
		sink((long)data);
		schedule();
	}
	return 0;
}

static noinline noclone long one_step(long x);
static noinline noclone long one_step(long x)
{
	return sink(x) * 3;
}

static int thread_in_turns(void *data)
{
	do {
		while (sink((long)data) < 7)
			one_step(5);
		schedule();
	} while (sink((long)data + 1));
	return 0;
}

/* One that waits for an event, does its work and ends. */
static int thread_waits(void *data)
{
	while (sink((long)data) < 7)
		schedule();
	return (int)one_step(6);
}

/* No thread's, and without a way out, too. */
void no_way_out(int x);
void no_way_out(int x)
{
	while (sink(x) >= 0 || x)
		x |= 1;
	for (;;)
		sink(x);
}

noinline noclone int schedule_threads(void *data);
noinline noclone int schedule_threads(void *data)
{
	void *thread = kthread_create_on_node(thread_for_ever, data, -1);

	return thread != kthread_create_on_node(thread_in_turns, data, -1) &&
	       thread != kthread_create_on_node(thread_waits, data, -1);
}

/* Where a task ends, and what leads there: neither returns, and nobody stays in them. */
__attribute__((noreturn)) noinline noclone void do_task_dead(void);
__attribute__((noreturn)) noinline noclone void do_task_dead(void)
{
	for (;;)
		sink(1);
}

__attribute__((noreturn)) void last_of_all(int x);
__attribute__((noreturn)) void last_of_all(int x)
{
	sink(x);
	do_task_dead();
}

/* These have no way out either, but that to the end. What they call is not declared to end there.
 */
static noinline noclone void leads_to_the_end(int x);
static noinline noclone void leads_to_the_end(int x)
{
	sink(x);
	do_task_dead();
}

void tries_and_ends(int x);
void tries_and_ends(int x)
{
	while (sink(x) > 3)
		x++;
	if (x == 5)
		leads_to_the_end(x);
	do_task_dead();
}

void tries_and_stops(int x);
void tries_and_stops(int x)
{
	if (sink(x) > 3)
		sink(x + 1);
	sink(x);
	__builtin_trap();
}

__attribute__((noreturn)) void never_left(int x);
__attribute__((noreturn)) void never_left(int x)
{
	for (;;)
		sink(x);
}
