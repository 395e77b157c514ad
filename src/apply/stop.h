/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stopping the threads of a process, and the only code that calls ptrace(2).
 *
 * Threads are seized, not attached to: that sends no SIGSTOP, and what a thread waits for goes on
 * afterwards. Every stop is classified by what the kernel says of it, none is counted. A thread
 * counts as stopped in a PTRACE_EVENT_STOP only: in other stops there may be a signal on its way,
 * which would be lost.
 *
 * Every wait has a deadline. When this program dies, or ends, the kernel lets all threads go on,
 * and nothing here leaves one in a state in which that would harm it (apply/inject.h).
 */
#ifndef KLP_STOP_H
#define KLP_STOP_H

#include <signal.h>

#include "apply/machine.h"
#include "apply/process.h"

/* How long to wait for one thread to stop. */
#define STOP_THREAD_MS 100

struct stop_thread {
	pid_t tid;
	bool stopped;
	struct user_regs_struct regs; /* since it is stopped */
};

struct stop {
	struct process *process;
	struct stop_thread *thread;
	size_t count, room;
	uint64_t began, until; /* nanoseconds: the budget of all of it */
	bool held;	       /* the threads were stopped by somebody else, who will let them go */
	sigset_t mask;	       /* of this program, before */
};

enum stop_event {
	STOP_QUIET, /* PTRACE_EVENT_STOP */
	STOP_GROUP, /* SIGSTOP and its like have stopped the process */
	STOP_ENTRY, /* of a system call */
	STOP_EXIT,  /* of a system call */
	STOP_SIGNAL,
	STOP_EXEC,
	STOP_OTHER,
	STOP_GONE,
	STOP_LATE,
};

/* Blocks this program's own signals and starts the clock; to be called before any of the others. */
void stop_begin(struct stop *s, struct process *p, unsigned int max_ms);

/* Stops one thread; 1 if there is none of that number (any more). */
int stop_one(struct stop *s, pid_t tid);

/* Stops all threads. */
int stop_all(struct stop *s);

/* Lets them go on. */
void stop_end(struct stop *s);

/* Is the budget used up? */
bool stop_is_late(const struct stop *s);

/* How long it has been so far. */
uint64_t stop_microseconds(const struct stop *s);

/*
 * Writes into memory, with ptrace where /proc/PID/mem may not. A thread has to be stopped. False
 * with errno: ESRCH if the address space is gone.
 */
bool stop_write(struct stop *s, uint64_t addr, const void *bytes, size_t size);

/* What inject.c and those who start programs need; false: the thread is gone. */
bool stop_set_registers(struct stop_thread *t, const struct user_regs_struct *regs);
bool stop_get_registers(struct stop_thread *t);
bool stop_get_mask(const struct stop_thread *t, uint64_t *mask);
bool stop_set_mask(const struct stop_thread *t, uint64_t mask);
/*
 * Is it in the middle of a restartable sequence (rseq(2))? Where such a thread is led elsewhere the
 * kernel takes the sequence for left, and does not begin it anew when the thread is back.
 */
bool stop_in_sequence(const struct stop *s, const struct stop_thread *t);
/* Lets it run until the next entry or exit of a system call, or any other stop. */
bool stop_run(struct stop_thread *t, int signal);
/* The same, without system calls. */
bool stop_continue(struct stop_thread *t, int signal);
bool stop_interrupt(const struct stop_thread *t);
/* Without a filter of system calls, while it is traced; false with errno. */
bool stop_suspend_seccomp(const struct stop_thread *t);
/* Waits until then for what comes; *signal of STOP_SIGNAL. */
enum stop_event stop_wait(struct stop *s, struct stop_thread *t, uint64_t until, int *signal);
/* Traces a task that runs; false with errno. */
enum stop_trace {
	STOP_TRACE_TASK,
	STOP_TRACE_EXEC, /* stops at exec */
	STOP_TRACE_TREE, /* at exec, also of all that it starts */
};
bool stop_seize(pid_t tid, enum stop_trace how);
/* Lets it stay stopped, and traced, until SIGCONT. */
bool stop_listen(const struct stop_thread *t);
/* What comes first of all that is traced: t->tid says whose; STOP_GONE with tid 0: there is none.
 */
enum stop_event stop_wait_any(struct stop_thread *t, int *signal, int *status);
bool stop_detach(const struct stop_thread *t, int signal);
struct stop_thread *stop_add(struct stop *s, pid_t tid);

uint64_t stop_now(void);
#define STOP_MS 1000000ULL

#endif
