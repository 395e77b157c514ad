// SPDX-License-Identifier: GPL-2.0-only
/* One process, in a child: see apply/worker.h. */
#include "apply/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply/hook.h"
#include "apply/lodge.h"
#include "apply/switch.h"
#include "base/child.h"

#define PAUSE_FIRST_MS 10
#define PAUSE_LONGEST_MS 640

/*
 * Where memory runs out the kernel must not choose this program while a process is stopped. Only
 * who may lower it can; without that the process goes on as well.
 */
static void shelter(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "-1000", 5) < 0)
		errno = 0;
	close(fd);
}

/* What a process has in its memory may be made to take for ever. A thousand threads take one
 * second. */
static void limit(void)
{
	const struct rlimit seconds = {60, 60};

	setrlimit(RLIMIT_CPU, &seconds);
}

static int work(enum worker_task task, pid_t pid, const struct patch_file *patch,
		const struct worker_options *options, struct worker_result *ret)
{
	struct plan plan = {.process.memory = -1};
	struct stop s;
	int status = task == WORKER_APPLY ? plan_apply(&plan, pid, patch, &ret->outcome)
					  : plan_revert(&plan, pid, patch, &ret->outcome);

	if (status)
		return -1;
	snprintf(ret->command, sizeof(ret->command), "%s", plan.process.command);
	if (ret->outcome.verdict == VERDICT_ALREADY) {
		plan_free(&plan);
		return 0;
	}
	hook("planned");
	shelter();
	if (plan.lodge) {
		stop_begin(&s, &plan.process, options->max_stop_ms);
		status = lodge(&plan, &s);
		stop_end(&s);
		hook("between");
	}
	if (!status) {
		stop_begin(&s, &plan.process, options->max_stop_ms);
		status = switch_functions(&plan, &s);
		stop_end(&s);
		ret->stopped_us = stop_microseconds(&s);
	}
	plan_free(&plan);
	return status;
}

int worker_apply_stopped(pid_t pid, const struct patch_file *patch,
			 const struct worker_options *options, struct stop_thread *thread,
			 struct worker_result *ret)
{
	struct plan plan = {.process.memory = -1};
	struct stop s;
	int status;

	*ret = (struct worker_result){.outcome = {VERDICT_DONE, ""}};
	if (plan_apply(&plan, pid, patch, &ret->outcome))
		return -1;
	snprintf(ret->command, sizeof(ret->command), "%s", plan.process.command);
	if (ret->outcome.verdict == VERDICT_ALREADY) {
		plan_free(&plan);
		return 0;
	}
	stop_begin(&s, &plan.process, options->max_stop_ms);
	*stop_add(&s, thread->tid) = *thread;
	s.held = true;
	status = (plan.lodge && lodge(&plan, &s)) || switch_functions(&plan, &s) ? -1 : 0;
	if (s.count)
		*thread = s.thread[0];
	ret->stopped_us = stop_microseconds(&s);
	stop_end(&s);
	plan_free(&plan);
	return status;
}

/* What a child that died has left as its outcome was not its last word. */
static void attempt(enum worker_task task, pid_t pid, const struct patch_file *patch,
		    const struct worker_options *options, struct worker_result *shared)
{
	pid_t child;
	int status;

	memset(shared, 0, sizeof(*shared));
	outcome_refuse(&shared->outcome, "nothing came of it");
	fflush(NULL);
	child = child_start();
	if (child < 0) {
		outcome_refuse(&shared->outcome, "no process for it: %s", strerror(errno));
		return;
	}
	if (!child) {
		shared->outcome.verdict = VERDICT_DONE;
		limit();
		_exit(work(task, pid, patch, options, shared) ? EXIT_REFUSED : 0);
	}
	status = child_wait(child);
	if (WIFSIGNALED(status))
		outcome_refuse(
			&shared->outcome,
			"what worked on it was ended by signal %d (%s); 'list' says what was "
			"done",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) && shared->outcome.verdict == VERDICT_DONE)
		outcome_refuse(&shared->outcome, "what worked on it failed");
}

void worker_run(enum worker_task task, pid_t pid, const struct patch_file *patch,
		const struct worker_options *options, uint64_t deadline, struct worker_result *ret)
{
	struct worker_result *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t pause = PAUSE_FIRST_MS * STOP_MS;

	memset(ret, 0, sizeof(*ret));
	if (shared == MAP_FAILED) {
		outcome_refuse(&ret->outcome, "no memory for it: %s", strerror(errno));
		return;
	}
	for (;;) {
		uint64_t now;
		struct timespec t;

		attempt(task, pid, patch, options, shared);
		now = stop_now();
		if (shared->outcome.verdict != VERDICT_BUSY || now >= deadline)
			break;
		if (pause > deadline - now)
			pause = deadline - now;
		t = (struct timespec){(time_t)(pause / 1000000000ULL),
				      (long)(pause % 1000000000ULL)};
		nanosleep(&t, NULL);
		if (pause < PAUSE_LONGEST_MS * STOP_MS)
			pause *= 2;
	}
	*ret = *shared;
	munmap(shared, sizeof(*shared));
}
