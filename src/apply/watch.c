// SPDX-License-Identifier: GPL-2.0-only
/* Applying patches to programs as they start: see apply/watch.h. */
#include "apply/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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

	if (glob(pattern, 0, NULL, &g)) {
		error("'%s': no *.klpu there", directory);
		return -1;
	}
	w->patch = xcalloc(g.gl_pathc, sizeof(struct patch_file *));
	for (size_t i = 0; i < g.gl_pathc && !status; i++) {
		status = patch_file_open(g.gl_pathv[i], &w->patch[w->count]);
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

/* Waits until the process has executed its program; others of its stops go on. */
static int wait_exec(struct stop_thread *t)
{
	for (;;) {
		int signal = 0, status = 0;
		enum stop_event event = stop_wait_any(t, &signal, &status);

		if (event == STOP_EXEC)
			return 0;
		if (event == STOP_GONE && !t->tid)
			return -1;
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

/*
 * In a process of its own, as starts may overlap. When it ends, by an alarm for one, what it traces
 * goes on.
 */
static void follow_start(const struct watch *w, pid_t tid, int fd)
{
	bool seized = stop_seize(tid, STOP_TRACE_EXEC);
	struct stop_thread t;

	answer(w, fd);
	if (!seized) {
		warning("process %d: it starts unpatched, as it cannot be traced: %s", tid,
			strerror(errno));
		return;
	}
	alarm(EXEC_MS / 1000);
	if (wait_exec(&t))
		return;
	alarm(0);
	patch_start(w, &t);
	stop_detach(&t, 0);
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
	for (size_t i = 0; i < w->count; i++)
		many_all(WORKER_APPLY, w->patch[i], w->options);
	fflush(NULL);
	_exit(0);
}

static void take_event(struct watch *w, const struct fanotify_event_metadata *e)
{
	pid_t child;

	if (e->mask & FAN_Q_OVERFLOW) {
		apply_all(w);
		return;
	}
	fflush(NULL);
	child = child_start();
	if (!child) {
		follow_start(w, e->pid, e->fd);
		fflush(NULL);
		_exit(0);
	}
	if (child < 0) {
		error("no process to follow %d: %s", e->pid, strerror(errno));
		answer(w, e->fd);
	}
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
