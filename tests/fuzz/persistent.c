// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main() of a fuzzed program: its own, again and again in one process, as afl-fuzz asks for it.
 * What that main() leaves in memory is freed by the end of the process, and this one's comes soon
 * enough; the little that it leaves in variables is put back here.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* For its count of errors, which is static there. */
#include "base/util.c"

#define RUNS_OF_A_PROCESS 500
/* To fork a process with address sanitizer takes longer than all else: one run of so many does it.
 */
#define RUNS_PER_CHILD 8

int program_main(int argc, char **argv);
pid_t __real_child_start(void);
pid_t __wrap_child_start(void);
int __real_child_wait(pid_t pid);
int __wrap_child_wait(pid_t pid);

static unsigned int runs;

/* In the other runs there are no more processes: the program says so and goes on. */
pid_t __wrap_child_start(void)
{
	if (runs % RUNS_PER_CHILD == 0)
		return __real_child_start();
	errno = EAGAIN;
	return -1;
}

/*
 * A child that crashes is an error like others to the program, as it may be libdwarf's fault. What
 * a sanitizer has ended is not: SIGABRT is address sanitizer's, SIGILL undefined-behaviour
 * sanitizer's.
 */
int __wrap_child_wait(pid_t pid)
{
	int status = __real_child_wait(pid);

	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGABRT || WTERMSIG(status) == SIGILL))
		abort();
	return status;
}

int main(int argc, char **argv)
{
	__AFL_INIT();
	while (__AFL_LOOP(RUNS_OF_A_PROCESS)) {
		int status;

		runs++;
		optind = 0; /* getopt(3): begins anew */
		errors = 0;
		message_hook = NULL;
		status = program_main(argc, argv);
		if (status != EXIT_SUCCESS && status != EXIT_REFUSED)
			abort();
	}
	return 0;
}
