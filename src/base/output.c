// SPDX-License-Identifier: GPL-2.0-only
/* Files that are whole or not there: see base/output.h. */
#include "base/output.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/util.h"

/* For the signal handler: the one unfinished file, and what else a signal would have called. */
static const char *volatile unfinished;
static void (*others[NSIG])(int);

static void remove_unfinished(int sig)
{
	if (unfinished)
		unlink(unfinished);
	signal(sig, others[sig]);
	raise(sig);
}

/* A signal that this program was started to ignore stays ignored (nohup). */
static void catch_signals(sigset_t *ret)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU, SIGXFSZ};

	sigemptyset(ret);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		void (*other)(int) = signal(signals[i], remove_unfinished);

		sigaddset(ret, signals[i]);
		if (other == SIG_IGN)
			signal(signals[i], SIG_IGN);
		else if (other != remove_unfinished)
			others[signals[i]] = other;
	}
}

/* An output that nobody needs may fail silently. */
#define complain(o, ...)                    \
	do {                                \
		if (!(o)->optional)         \
			error(__VA_ARGS__); \
	} while (0)

static int begin(struct output *o, const char *path, bool optional)
{
	CLEANUP_FREE char *copy = xstrdup(path);
	const char *dir = dirname(copy);
	const char *slash = strrchr(path, '/');
	mode_t mask = umask(0);
	sigset_t caught, before;
	struct stat there;
	int fd;

	o->optional = optional;
	umask(mask);
	/* Renaming would put a plain file in the place of /dev/null. */
	if (!stat(path, &there) && !S_ISREG(there.st_mode)) {
		complain(o, "'%s': exists and is not a plain file: name another", path);
		return -1;
	}
	o->path = path;
	o->beside = xasprintf("%s/.%s.XXXXXX", dir, slash ? slash + 1 : path);
	/* No signal may arrive before the name of the new file has been noted. */
	catch_signals(&caught);
	sigprocmask(SIG_BLOCK, &caught, &before);
	fd = mkstemp(o->beside);
	if (fd >= 0)
		unfinished = o->beside;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (fd < 0) {
		complain(o, "'%s': cannot write beside it: %s", path, strerror(errno));
		free(o->beside);
		return -1;
	}
	/* mkstemp makes it private; the result has the mode that any new file would have. */
	fchmod(fd, 0666 & ~mask);
	o->stream = fdopen(fd, "w");
	if (!o->stream) {
		complain(o, "'%s': %s", path, strerror(errno));
		close(fd);
		output_cancel(o);
		return -1;
	}
	return 0;
}

int output_begin(struct output *o, const char *path)
{
	return begin(o, path, false);
}

int output_begin_optional(struct output *o, const char *path)
{
	return begin(o, path, true);
}

void output_cancel(struct output *o)
{
	if (o->stream)
		fclose(o->stream);
	o->stream = NULL;
	unlink(o->beside);
	unfinished = NULL;
	free(o->beside);
	o->beside = NULL;
}

int output_end(struct output *o)
{
	FILE *stream = o->stream;
	bool ok = fflush(stream) == 0 && !ferror(stream) && fsync(fileno(stream)) == 0;

	o->stream = NULL;
	ok = fclose(stream) == 0 && ok;
	if (ok && rename(o->beside, o->path) == 0) {
		unfinished = NULL;
		free(o->beside);
		return 0;
	}
	complain(o, "'%s': cannot be written: %s", o->path, strerror(errno));
	output_cancel(o);
	return -1;
}
