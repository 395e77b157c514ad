// SPDX-License-Identifier: GPL-2.0-only
/* The processes that a user means: see apply/many.h. */
#include "apply/many.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/plan.h"
#include "apply/stop.h"

static const char *const done[] = {[WORKER_APPLY] = "applied", [WORKER_REVERT] = "reverted"};

static uint64_t deadline_of(const struct worker_options *options)
{
	return stop_now() + options->wait_s * 1000ULL * STOP_MS;
}

static void say(enum worker_task task, pid_t pid, const struct worker_result *r)
{
	switch (r->outcome.verdict) {
	case VERDICT_DONE:
		printf("process %d (%s): %s; it was stopped for %" PRIu64 ".%02" PRIu64 " ms\n",
		       pid, r->command, done[task], r->stopped_us / 1000,
		       r->stopped_us % 1000 / 10);
		break;
	case VERDICT_ALREADY:
		printf("process %d (%s): %s\n", pid, r->command, r->outcome.why);
		break;
	case VERDICT_BUSY:
		error("process %d: busy: %s", pid, r->outcome.why);
		break;
	case VERDICT_REFUSED:
	case VERDICT_GONE:
	case VERDICT_OTHER:
	case VERDICTS:
		error("process %d: %s", pid, r->outcome.why);
		break;
	}
	fflush(stdout);
}

int many_processes(enum worker_task task, const struct patch_file *patch, const pid_t *pid,
		   size_t count, const struct worker_options *options)
{
	uint64_t deadline = deadline_of(options);

	for (size_t i = 0; i < count; i++) {
		struct worker_result r;

		worker_run(task, pid[i], patch, options, deadline, &r);
		say(task, pid[i], &r);
	}
	return error_count() ? -1 : 0;
}

struct seen {
	pid_t *pid;
	size_t count, room;
};

/* Adds it; false if it was there. */
static bool see(struct seen *s, pid_t pid)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->pid[i] == pid)
			return false;
	}
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->pid = xrealloc(s->pid, s->room, sizeof(*s->pid));
	}
	s->pid[s->count++] = pid;
	return true;
}

int many_all(enum worker_task task, const struct patch_file *patch,
	     const struct worker_options *options)
{
	uint64_t deadline = deadline_of(options);
	size_t number[VERDICTS] = {0}, found, passes = 0, denied = 0;
	struct seen seen = {NULL, 0, 0};
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc) {
		error("'/proc': %s", strerror(errno));
		return -1;
	}
	/*
	 * A process that is still unpatched may fork meanwhile, and end. Where programs start all
	 * the time every pass finds some: from the third one on time counts.
	 */
	do {
		found = 0;
		rewinddir(proc);
		while ((entry = readdir(proc))) {
			pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
			struct worker_result r;
			bool is_denied;

			if (!isdigit((unsigned char)entry->d_name[0]) || pid == 1 ||
			    pid == getpid() || !see(&seen, pid))
				continue;
			if (!plan_concerns(pid, patch, &is_denied)) {
				denied += is_denied;
				found += process_task_ended(pid, pid);
				continue;
			}
			found++;
			worker_run(task, pid, patch, options, deadline, &r);
			number[r.outcome.verdict]++;
			if (r.outcome.verdict != VERDICT_OTHER && r.outcome.verdict != VERDICT_GONE)
				say(task, pid, &r);
		}
	} while (found && (++passes < 2 || stop_now() < deadline));
	closedir(proc);
	free(seen.pid);
	printf("%s %zu, already %zu, busy %zu, refused %zu, gone %zu\n", done[task],
	       number[VERDICT_DONE], number[VERDICT_ALREADY], number[VERDICT_BUSY],
	       number[VERDICT_REFUSED], number[VERDICT_GONE]);
	if (denied)
		warning("%zu processes may not be looked at, and were left out", denied);
	return error_count() ? -1 : 0;
}
