// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stops a process many times, as klpapply does: one thread makes a system call, then all threads
 * stop. Prints how many rounds there were.
 *
 *   rounds PID ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/inject.h"
#include "apply/stop.h"

static struct process p;
static struct process_outcome outcome;
static uint64_t place;

/* One round; -1: a thread did not stop in time, which is no fault on a busy machine. */
static int turn(pid_t pid)
{
	struct inject_call call = {.number = SYS_getpid, .result = -1};
	struct stop s;
	int status;

	stop_begin(&s, &p, 10000);
	status = stop_one(&s, pid);
	if (!status)
		status = inject(&s, &s.thread[0], place, &call, 1);
	if (!status && call.result != pid)
		outcome_refuse(&outcome, "the system call gave %ld", (long)call.result);
	stop_end(&s);
	if (!status) {
		stop_begin(&s, &p, 10000);
		status = stop_all(&s);
		stop_end(&s);
	}
	if (outcome.verdict != VERDICT_DONE && outcome.verdict != VERDICT_BUSY) {
		error("%s", outcome.why);
		exit(1);
	}
	return status ? -1 : 0;
}

int main(int argc, char **argv)
{
	pid_t pid = (pid_t)atoi(argv[1]);
	long rounds = argc > 2 ? atol(argv[2]) : 1;
	long *done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	struct loaded_list objects;

	progname = "rounds";
	if (process_open(&p, pid, &outcome) || objects_read(&objects, &p)) {
		error("%s", outcome.why);
		return 1;
	}
	place = inject_place(&p, &objects);
	/* In children, as klpapply's: a thread that has not stopped goes on when they end. */
	while (*done < rounds) {
		pid_t child = fork();
		int status;

		if (!child) {
			while (*done < rounds && !turn(pid))
				++*done;
			_exit(0);
		}
		waitpid(child, &status, 0);
		if (status)
			return 1;
	}
	printf("%ld\n", *done);
	return 0;
}
