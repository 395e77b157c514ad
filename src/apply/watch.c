// SPDX-License-Identifier: GPL-2.0-only
/* Applying patches to programs as they start: see apply/watch.h. */
#include "apply/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/files.h"
#include "apply/many.h"
#include "apply/start.h"
#include "base/child.h"
#include "base/cleanup.h"

/* From the kernel's question to the new program: reading a file from a slow disk. */
#define EXEC_MS 30000
/*
 * How long the kernel's answer waits for the process to be seized. Before Linux 6.8 that cannot be
 * while the kernel waits for the answer: both want cred_guard_mutex (fs/exec.c, bprm_execve();
 * kernel/ptrace.c, ptrace_attach()).
 */
#define ANSWER_MS 100

struct watch {
	int fanotify;
	struct patch_file **patch;
	size_t count;
	const struct worker_options *options;
	size_t marked;
};

static int read_patches(struct watch *w, const char *directory)
{
	CLEANUP_FREE char *pattern = xasprintf("%s/*.klpu", directory);
	int status = 0;
	glob_t g;

	if (files_check_owner(directory))
		return -1;
	if (glob(pattern, 0, NULL, &g)) {
		error("'%s': no *.klpu there", directory);
		return -1;
	}
	w->patch = xcalloc(g.gl_pathc, sizeof(struct patch_file *));
	for (size_t i = 0; i < g.gl_pathc && !status; i++) {
		status = files_check_owner(g.gl_pathv[i]) ||
					 patch_file_open(g.gl_pathv[i], &w->patch[w->count])
				 ? -1
				 : 0;
		w->count += !status;
	}
	globfree(&g);
	return status;
}

static void mark(const char *path, void *arg)
{
	struct watch *w = arg;

	if (fanotify_mark(w->fanotify, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, AT_FDCWD, path)) {
		error("'%s': the kernel does not let it be watched: %s", path, strerror(errno));
		return;
	}
	printf("watching %s\n", path);
	w->marked++;
}

/* Marks the program of a patch; its libraries are loaded when that has come to its entry. */
static void mark_program(struct watch *w, const struct patch_file *patch)
{
	const char *name = patch_file_name(patch, patch->head.name);
	bool program = false;

	for (uint32_t i = 0; i < patch->head.targets; i++) {
		if (patch->target[i].kind != USER_PROGRAM)
			continue;
		program = true;
		files_find(patch, i, mark, w);
	}
	if (!program && !w->marked)
		warning("patch '%s' is for a library alone: name the programs that it is to be "
			"applied to, with --file",
			name);
}

static void answer(const struct watch *w, int fd)
{
	const struct fanotify_response r = {.fd = fd, .response = FAN_ALLOW};

	if (write(w->fanotify, &r, sizeof(r)) < 0)
		error("the kernel was not answered: %s", strerror(errno));
}

/*
 * Waits until the process has executed its program; others of its stops go on. 1 where one was
 * asked for and comes first: the program runs already.
 */
static int wait_exec(struct stop_thread *t, bool asked)
{
	for (;;) {
		int signal = 0, status = 0;
		enum stop_event event = stop_wait_any(t, &signal, &status);

		if (event == STOP_EXEC)
			return 0;
		if (event == STOP_GONE && !t->tid)
			return -1;
		if (asked && event == STOP_QUIET)
			return 1;
		if (event == STOP_GROUP)
			stop_listen(t);
		else if (event != STOP_GONE)
			stop_continue(t, event == STOP_SIGNAL ? signal : 0);
	}
}

static void patch_start(const struct watch *w, struct stop_thread *t)
{
	struct worker_result r = {.outcome = {VERDICT_DONE, ""}};

	if (start_to_entry(t, &r.outcome)) {
		if (r.outcome.verdict != VERDICT_GONE)
			error("process %d: %s", t->tid, r.outcome.why);
		return;
	}
	for (size_t i = 0; i < w->count; i++) {
		const char *name = patch_file_name(w->patch[i], w->patch[i]->head.name);

		if (!worker_apply_stopped(t->tid, w->patch[i], w->options, t, &r))
			printf("process %d (%s): %s applied at its start\n", t->tid, r.command,
			       name);
		else if (r.outcome.verdict != VERDICT_OTHER && r.outcome.verdict != VERDICT_GONE)
			error("process %d: %s: %s", t->tid, name, r.outcome.why);
	}
}

/* A program that has started before it was seized. */
static void patch_running(const struct watch *w, pid_t pid)
{
	for (size_t i = 0; i < w->count; i++) {
		const char *name = patch_file_name(w->patch[i], w->patch[i]->head.name);
		struct worker_result r;

		worker_run(WORKER_APPLY, pid, w->patch[i], w->options,
			   stop_now() + w->options->wait_s * 1000ULL * STOP_MS, &r);
		if (r.outcome.verdict == VERDICT_DONE)
			printf("process %d (%s): %s applied\n", pid, r.command, name);
		else if (r.outcome.verdict == VERDICT_BUSY || r.outcome.verdict == VERDICT_REFUSED)
			error("process %d: %s: %s", pid, name, r.outcome.why);
	}
}

/*
 * In a process of its own, as starts may overlap. When it ends, by an alarm for one, what it traces
 * goes on. ready: a byte is written when the kernel may be answered. late: stop_now() from which on
 * it may have been answered without.
 */
static void follow_start(const struct watch *w, pid_t tid, int ready, uint64_t late)
{
	bool seized = stop_seize(tid, STOP_TRACE_EXEC), asked = false;
	int why = errno, status;
	struct stop_thread t = {.tid = tid};

	signal(SIGPIPE, SIG_IGN); /* the kernel may have its answer */
	if (write(ready, "", 1) < 0)
		errno = 0;
	close(ready);
	if (!seized) {
		warning("process %d: it starts unpatched, as it cannot be traced: %s", tid,
			strerror(why));
		return;
	}
	if (stop_now() >= late)
		asked = stop_interrupt(&t);
	alarm(EXEC_MS / 1000);
	status = wait_exec(&t, asked);
	if (status < 0)
		return;
	alarm(0);
	if (!status)
		patch_start(w, &t);
	stop_detach(&t, 0);
	if (status)
		patch_running(w, t.tid);
}

/* Those that run already; in a process of its own, because meanwhile others may start. */
static void apply_all(const struct watch *w)
{
	pid_t child;

	fflush(NULL);
	child = child_start();
	if (child < 0)
		error("no process for those that run already: %s", strerror(errno));
	if (child)
		return;
	/* Where the parent ends nobody is to be asked. */
	close(w->fanotify);
	for (size_t i = 0; i < w->count; i++)
		many_all(WORKER_APPLY, w->patch[i], w->options);
	fflush(NULL);
	_exit(0);
}

/*
 * The kernel knows a question by the number of its file: that stays open, and no other question
 * gets it, until the answer. Whoever follows the process may die, and is not waited for in vain.
 */
static void take_event(struct watch *w, const struct fanotify_event_metadata *e)
{
	uint64_t late = stop_now() + ANSWER_MS * STOP_MS;
	struct pollfd p = {.events = POLLIN};
	int ready[2];
	pid_t child = -1;

	if (e->mask & FAN_Q_OVERFLOW) {
		warning("more programs have started than the kernel could ask about: all that run are "
			"looked at again");
		apply_all(w);
		return;
	}
	fflush(NULL);
	if (!pipe2(ready, O_CLOEXEC)) {
		child = child_start();
		if (!child) {
			close(w->fanotify);
			close(e->fd);
			close(ready[0]);
			follow_start(w, e->pid, ready[1], late);
			fflush(NULL);
			_exit(0);
		}
		close(ready[1]);
		p.fd = ready[0];
		if (child > 0 && poll(&p, 1, ANSWER_MS) < 0)
			error("process %d: %s", e->pid, strerror(errno));
		close(ready[0]);
	}
	if (child < 0)
		error("no process to follow %d: %s", e->pid, strerror(errno));
	answer(w, e->fd);
	close(e->fd);
}

static int take_events(struct watch *w)
{
	_Alignas(struct fanotify_event_metadata) char buffer[8192];
	const struct fanotify_event_metadata *e;
	ssize_t size = read(w->fanotify, buffer, sizeof(buffer));

	if (size < 0 && errno == EINTR)
		return 0;
	if (size < 0) {
		error("the kernel's questions cannot be read: %s", strerror(errno));
		return -1;
	}
	for (e = (const void *)buffer; FAN_EVENT_OK(e, size); e = FAN_EVENT_NEXT(e, size)) {
		if (e->vers != FANOTIFY_METADATA_VERSION) {
			error("the kernel asks in a way that is not known");
			return -1;
		}
		take_event(w, e);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return 0;
}

static int begin(struct watch *w, char *const *file, size_t files)
{
	w->fanotify = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_REPORT_TID,
				    O_RDONLY | O_CLOEXEC | O_LARGEFILE);
	if (w->fanotify < 0) {
		error("programs that start cannot be watched (fanotify): %s%s", strerror(errno),
		      errno == EPERM ? ": that needs CAP_SYS_ADMIN outside of containers" : "");
		return -1;
	}
	for (size_t i = 0; i < files; i++)
		mark(file[i], w);
	for (size_t i = 0; i < w->count; i++)
		mark_program(w, w->patch[i]);
	if (!w->marked && !error_count())
		error("no program that the patches are for was found: name it with --file");
	return w->marked ? 0 : -1;
}

int watch_directory(const char *directory, char *const *file, size_t files,
		    const struct worker_options *options)
{
	struct watch w = {.fanotify = -1, .options = options};
	int status = read_patches(&w, directory) || begin(&w, file, files) ? -1 : 0;

	if (!status)
		apply_all(&w);
	while (!status)
		status = take_events(&w);
	if (w.fanotify >= 0)
		close(w.fanotify);
	for (size_t i = 0; i < w.count; i++)
		patch_file_close(w.patch[i]);
	free(w.patch);
	return status;
}
