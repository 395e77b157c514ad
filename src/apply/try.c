// SPDX-License-Identifier: GPL-2.0-only
/* Running a command without a patch and with it: see apply/try.h. */
#include "apply/try.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/start.h"
#include "base/child.h"

/* Starts the command; it waits until the other end of ready is closed. */
static pid_t start(const char *command, int *ready)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends)) {
		error("no pipe: %s", strerror(errno));
		return -1;
	}
	fflush(NULL);
	pid = child_start();
	if (pid < 0)
		error("no process for the command: %s", strerror(errno));
	if (!pid) {
		close(ends[1]);
		while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
			;
		close(ends[0]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	*ready = ends[1];
	return pid;
}

static void say_end(int status)
{
	if (WIFSIGNALED(status))
		printf("(ended by signal %d, %s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		printf("(exit status %d)\n", WEXITSTATUS(status));
	fflush(stdout);
}

static int run_before(const char *command)
{
	int ready;
	pid_t pid;

	printf("before:\n");
	pid = start(command, &ready);
	if (pid < 0)
		return -1;
	close(ready);
	say_end(child_wait(pid));
	return 0;
}

/* A program was executed: patches it if it is a target. */
static size_t patch_program(struct stop_thread *t, const struct patch_file *patch,
			    const struct worker_options *options)
{
	struct worker_result r = {.outcome = {VERDICT_DONE, ""}};

	if (!start_to_entry(t, &r.outcome) && !worker_apply_stopped(t->tid, patch, options, t, &r))
		return 1;
	if (r.outcome.verdict != VERDICT_OTHER && r.outcome.verdict != VERDICT_GONE)
		error("process %d: %s", t->tid, r.outcome.why);
	return 0;
}

/* Follows the command and all that it starts, until they have ended. */
static size_t follow(pid_t command, const struct patch_file *patch,
		     const struct worker_options *options)
{
	size_t patched = 0;

	for (;;) {
		struct stop_thread t;
		int signal = 0, status = 0;
		enum stop_event event = stop_wait_any(&t, &signal, &status);

		if (event == STOP_GONE && !t.tid)
			return patched;
		if (event == STOP_GONE) {
			if (t.tid == command)
				say_end(status);
			continue;
		}
		if (event == STOP_EXEC)
			patched += patch_program(&t, patch, options);
		if (event == STOP_GROUP)
			stop_listen(&t);
		else
			stop_continue(&t, event == STOP_SIGNAL ? signal : 0);
	}
}

int try_command(const struct patch_file *patch, const char *command,
		const struct worker_options *options)
{
	size_t patched;
	int ready;
	pid_t pid;

	if (run_before(command))
		return -1;
	printf("with the patch:\n");
	pid = start(command, &ready);
	if (pid < 0)
		return -1;
	if (!stop_seize(pid, STOP_TRACE_TREE)) {
		error("the command cannot be traced: %s", strerror(errno));
		close(ready);
		child_wait(pid);
		return -1;
	}
	close(ready);
	patched = follow(pid, patch, options);
	if (!patched && !error_count())
		error("the command runs no program that the patch is for");
	return patched && !error_count() ? 0 : -1;
}
