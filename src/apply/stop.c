// SPDX-License-Identifier: GPL-2.0-only
/* Stopping threads: see apply/stop.h. */
#include "apply/stop.h"

#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply/hook.h"
#include "base/cleanup.h"

/* <sys/ptrace.h> and <linux/ptrace.h> cannot be included together. */
#define SYSCALL_INFO_ENTRY 1
#define SYSCALL_INFO_EXIT 2

/* Since Linux 5.13; C libraries that are older do not have it. */
#define GET_RSEQ_CONFIGURATION ((enum __ptrace_request)0x420f)

/* How often a wait looks at the clock. */
#define TICK_US 2000

uint64_t stop_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static void tick(int sig)
{
	(void)sig;
}

/*
 * A wait in the kernel has no deadline. A signal that comes again and again ends it, also when one
 * came just before the wait.
 */
static void clock_start(sigset_t *before)
{
	const struct itimerval interval = {{0, TICK_US}, {0, TICK_US}};
	const struct sigaction action = {.sa_handler = tick};
	sigset_t blocked;

	sigfillset(&blocked);
	sigdelset(&blocked, SIGALRM);
	sigprocmask(SIG_SETMASK, &blocked, before);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &interval, NULL);
}

void stop_begin(struct stop *s, struct process *p, unsigned int max_ms)
{
	*s = (struct stop){.process = p};
	clock_start(&s->mask);
	s->began = stop_now();
	s->until = s->began + max_ms * STOP_MS;
}

bool stop_is_late(const struct stop *s)
{
	return stop_now() > s->until;
}

uint64_t stop_microseconds(const struct stop *s)
{
	return (stop_now() - s->began) / 1000;
}

struct stop_thread *stop_add(struct stop *s, pid_t tid)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->thread = xrealloc(s->thread, s->room, sizeof(*s->thread));
	}
	s->thread[s->count] = (struct stop_thread){.tid = tid};
	return &s->thread[s->count++];
}

bool stop_get_registers(struct stop_thread *t)
{
	struct iovec v = {&t->regs, sizeof(t->regs)};

	return ptrace(PTRACE_GETREGSET, t->tid, NT_PRSTATUS, &v) == 0 &&
	       v.iov_len == sizeof(t->regs);
}

bool stop_set_registers(struct stop_thread *t, const struct user_regs_struct *regs)
{
	struct user_regs_struct copy = *regs;
	struct iovec v = {&copy, sizeof(copy)};

	return ptrace(PTRACE_SETREGSET, t->tid, NT_PRSTATUS, &v) == 0;
}

bool stop_get_mask(const struct stop_thread *t, uint64_t *mask)
{
	return ptrace(PTRACE_GETSIGMASK, t->tid, sizeof(*mask), mask) == 0;
}

bool stop_set_mask(const struct stop_thread *t, uint64_t mask)
{
	return ptrace(PTRACE_SETSIGMASK, t->tid, sizeof(mask), &mask) == 0;
}

bool stop_in_sequence(const struct stop *s, const struct stop_thread *t)
{
	/* struct ptrace_rseq_configuration: <linux/ptrace.h> */
	struct {
		uint64_t area;
		uint32_t size, signature, flags, zero;
	} c = {0};
	/* struct rseq has the place of a struct rseq_cs: <linux/rseq.h> */
	uint64_t place, sequence[3]; /* version and flags, its start, its size */

	return ptrace(GET_RSEQ_CONFIGURATION, t->tid, sizeof(c), &c) > 0 && c.area &&
	       process_read(s->process, c.area + 8, &place, sizeof(place)) && place &&
	       process_read(s->process, place, sequence, sizeof(sequence)) &&
	       machine_here.pc(&t->regs) - sequence[1] < sequence[2];
}

static bool resume(enum __ptrace_request how, struct stop_thread *t, int signal)
{
	t->stopped = false;
	return ptrace(how, t->tid, 0, (void *)(intptr_t)signal) == 0;
}

bool stop_run(struct stop_thread *t, int signal)
{
	return resume(PTRACE_SYSCALL, t, signal);
}

bool stop_continue(struct stop_thread *t, int signal)
{
	return resume(PTRACE_CONT, t, signal);
}

bool stop_interrupt(const struct stop_thread *t)
{
	return ptrace(PTRACE_INTERRUPT, t->tid, 0, 0) == 0;
}

bool stop_detach(const struct stop_thread *t, int signal)
{
	return ptrace(PTRACE_DETACH, t->tid, 0, (void *)(intptr_t)signal) == 0;
}

bool stop_seize(pid_t tid, enum stop_trace how)
{
	static const long options[] = {
		[STOP_TRACE_TASK] = PTRACE_O_TRACESYSGOOD,
		[STOP_TRACE_EXEC] = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC,
		[STOP_TRACE_TREE] = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC |
				    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE,
	};

	return ptrace(PTRACE_SEIZE, tid, 0, (void *)options[how]) == 0;
}

bool stop_listen(const struct stop_thread *t)
{
	return ptrace(PTRACE_LISTEN, t->tid, 0, 0) == 0;
}

bool stop_suspend_seccomp(const struct stop_thread *t)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_SUSPEND_SECCOMP;

	return ptrace(PTRACE_SETOPTIONS, t->tid, 0, (void *)options) == 0;
}

/* Where in a system call a thread is that stopped at one. */
static enum stop_event at_call(const struct stop_thread *t)
{
	struct __ptrace_syscall_info info;

	memset(&info, 0, sizeof(info));
	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(info), &info) <= 0)
		return STOP_OTHER;
	return info.op == SYSCALL_INFO_ENTRY  ? STOP_ENTRY
	       : info.op == SYSCALL_INFO_EXIT ? STOP_EXIT
					      : STOP_OTHER;
}

static enum stop_event classify(struct stop_thread *t, int status, int *signal)
{
	int event = status >> 16, sig = WSTOPSIG(status);

	if (!WIFSTOPPED(status))
		return STOP_GONE;
	t->stopped = true;
	if (event == PTRACE_EVENT_STOP)
		return sig == SIGTRAP ? STOP_QUIET : STOP_GROUP;
	if (event == PTRACE_EVENT_EXEC)
		return STOP_EXEC;
	if (event)
		return STOP_OTHER;
	if (sig == (SIGTRAP | 0x80))
		return at_call(t);
	*signal = sig;
	return STOP_SIGNAL;
}

enum stop_event stop_wait(struct stop *s, struct stop_thread *t, uint64_t until, int *signal)
{
	int status;

	for (;;) {
		pid_t got = waitpid(t->tid, &status, __WALL);

		if (got == t->tid)
			return classify(t, status, signal);
		if (errno != EINTR)
			return STOP_GONE;
		/* A leader that has ended before its threads reports that only after them. */
		if (process_task_ended(s->process->pid, t->tid))
			return STOP_GONE;
		if (stop_now() > until)
			return STOP_LATE;
	}
}

enum stop_event stop_wait_any(struct stop_thread *t, int *signal, int *status)
{
	*t = (struct stop_thread){.tid = 0};
	do
		t->tid = waitpid(-1, status, __WALL);
	while (t->tid < 0 && errno == EINTR);
	if (t->tid > 0)
		return classify(t, *status, signal);
	t->tid = 0;
	return STOP_GONE;
}

static int late(struct stop *s, const struct stop_thread *t)
{
	const char *state = process_status(s->process->pid, t->tid, "State");

	if (stop_is_late(s))
		return outcome_busy(s->process->outcome,
				    "stopping its threads took longer than --max-stop");
	if (*state == 'D')
		return outcome_busy(s->process->outcome,
				    "thread %d cannot be stopped: it waits in the kernel (vfork "
				    "until the child has executed a program, or a device)",
				    t->tid);
	return outcome_busy(s->process->outcome, "thread %d has not stopped within %u ms", t->tid,
			    STOP_THREAD_MS);
}

/* Waits for the stop that stop_interrupt() has asked for; 1 if the thread has ended. */
static int wait_quiet(struct stop *s, struct stop_thread *t)
{
	uint64_t until = stop_now() + STOP_THREAD_MS * STOP_MS;

	if (until > s->until)
		until = s->until;
	for (;;) {
		int signal = 0;

		switch (stop_wait(s, t, until, &signal)) {
		case STOP_QUIET:
			return stop_get_registers(t) ? 0 : 1;
		case STOP_GROUP:
			return outcome_refuse(
				s->process->outcome,
				"it is stopped (SIGSTOP, or a terminal's stop): continue it first, "
				"kill -CONT %d",
				s->process->pid);
		case STOP_GONE:
			return 1;
		case STOP_LATE:
			return late(s, t);
		case STOP_SIGNAL:
			/* It goes its way; the stop that was asked for comes behind it. */
			stop_continue(t, signal);
			break;
		case STOP_ENTRY:
		case STOP_EXIT:
		case STOP_EXEC:
		case STOP_OTHER:
			stop_continue(t, 0);
			break;
		}
	}
}

/* Seizes and interrupts; 1 if the task has ended. */
static int seize(struct stop *s, pid_t tid)
{
	struct process *p = s->process;
	long tracer;
	int why;

	if (stop_seize(tid, STOP_TRACE_TASK)) {
		ptrace(PTRACE_INTERRUPT, tid, 0, 0);
		return 0;
	}
	why = errno;
	/* One that is ending gives EPERM. */
	if (why == ESRCH || process_task_ended(p->pid, tid))
		return 1;
	tracer = process_status_number(p->pid, tid, "TracerPid");
	if (tracer)
		return outcome_refuse(p->outcome,
				      "process %ld traces it (a debugger, strace?): end that first",
				      tracer);
	if (why == EPERM || why == EACCES)
		return process_denied(p);
	return outcome_refuse(p->outcome, "thread %d cannot be traced: %s", tid, strerror(why));
}

static void forget(struct stop *s, size_t i)
{
	s->thread[i] = s->thread[--s->count];
}

int stop_one(struct stop *s, pid_t tid)
{
	int status = seize(s, tid);

	if (status)
		return status;
	stop_add(s, tid);
	status = wait_quiet(s, &s->thread[s->count - 1]);
	if (status == 1)
		forget(s, s->count - 1);
	return status;
}

static bool known(const struct stop *s, pid_t tid)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->thread[i].tid == tid)
			return true;
	}
	return false;
}

/* Seizes the threads that are not yet; *found says how many. */
static int seize_new(struct stop *s, size_t *found)
{
	char path[64];
	struct dirent *entry;
	int status = 0;
	DIR *dir;

	*found = 0;
	snprintf(path, sizeof(path), "/proc/%d/task", s->process->pid);
	dir = opendir(path);
	if (!dir)
		return outcome_gone(s->process->outcome);
	while (status >= 0 && (entry = readdir(dir))) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (!isdigit((unsigned char)entry->d_name[0]) || known(s, tid))
			continue;
		status = seize(s, tid);
		if (!status) {
			stop_add(s, tid);
			++*found;
		}
	}
	closedir(dir);
	return status < 0 ? -1 : 0;
}

int stop_all(struct stop *s)
{
	size_t found;

	/* A thread that is not stopped yet may start others. */
	do {
		if (seize_new(s, &found))
			return -1;
		hook("seized");
		for (size_t i = 0; i < s->count;) {
			int status = s->thread[i].stopped ? 0 : wait_quiet(s, &s->thread[i]);

			if (status < 0)
				return -1;
			if (status)
				forget(s, i);
			else
				i++;
		}
		if (stop_is_late(s))
			return outcome_busy(s->process->outcome,
					    "stopping its threads took longer than --max-stop");
	} while (found);
	if (!s->count)
		return outcome_gone(s->process->outcome);
	hook("stopped");
	return 0;
}

void stop_end(struct stop *s)
{
	const struct itimerval none = {{0, 0}, {0, 0}};

	for (size_t i = 0; i < s->count && !s->held; i++) {
		struct stop_thread *t = &s->thread[i];

		if (!t->stopped)
			continue;
		if (machine_here.restart(&t->regs))
			stop_set_registers(t, &t->regs);
		stop_detach(t, 0);
	}
	setitimer(ITIMER_REAL, &none, NULL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	free(s->thread);
	s->thread = NULL;
	s->count = s->room = 0;
}

/* Words of a thread that is stopped; bytes around stay as they are. */
static bool poke(pid_t tid, uint64_t addr, const unsigned char *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		uint64_t start = (addr + done) & ~7ULL, skip = addr + done - start;
		size_t part = size - done < 8 - skip ? size - done : 8 - skip;
		unsigned char word[8];
		long value;

		errno = 0;
		value = ptrace(PTRACE_PEEKTEXT, tid, (void *)start, 0);
		if (errno)
			return false;
		memcpy(word, &value, sizeof(word));
		memcpy(word + skip, bytes + done, part);
		memcpy(&value, word, sizeof(value));
		if (ptrace(PTRACE_POKETEXT, tid, (void *)start, (void *)value))
			return false;
		done += part;
	}
	return true;
}

bool stop_write(struct stop *s, uint64_t addr, const void *bytes, size_t size)
{
	if (process_write(s->process, addr, bytes, size))
		return true;
	/* The number may be another program's by now, which ptrace would write to. */
	if (errno == ESRCH)
		return false;
	/*
	 * proc_mem.force_override=never: the file writes only to what the process may write to
	 * itself.
	 */
	for (size_t i = 0; i < s->count; i++) {
		if (s->thread[i].stopped)
			return poke(s->thread[i].tid, addr, bytes, size);
	}
	errno = ESRCH;
	return false;
}
