// SPDX-License-Identifier: GPL-2.0-only
/* Files that are whole or not there: see output.h. */
#include "output.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

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

/* What whoever started us ignores stays ignored (nohup). */
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

int output_begin(struct output *o, const char *path)
{
	char *copy = xstrdup(path), *dir = dirname(copy);
	const char *slash = strrchr(path, '/');
	mode_t mask = umask(0);
	sigset_t caught, before;
	struct stat there;
	int fd;

	umask(mask);
	/* Renaming would put a plain file in the place of /dev/null. */
	if (!stat(path, &there) && !S_ISREG(there.st_mode)) {
		error("'%s': there is something that is no plain file: name another", path);
		free(copy);
		return -1;
	}
	o->path = path;
	o->beside = xasprintf("%s/.%s.XXXXXX", dir, slash ? slash + 1 : path);
	free(copy);
	/* No signal between the file and the note of its name. */
	catch_signals(&caught);
	sigprocmask(SIG_BLOCK, &caught, &before);
	fd = mkstemp(o->beside);
	if (fd >= 0)
		unfinished = o->beside;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (fd < 0) {
		error("'%s': cannot write beside it: %s", path, strerror(errno));
		free(o->beside);
		return -1;
	}
	/* mkstemp makes it private; the result has the mode that any new file would have. */
	fchmod(fd, 0666 & ~mask);
	o->stream = fdopen(fd, "w");
	if (!o->stream) {
		error("'%s': %s", path, strerror(errno));
		close(fd);
		output_cancel(o);
		return -1;
	}
	return 0;
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
	error("'%s': cannot be written: %s", o->path, strerror(errno));
	output_cancel(o);
	return -1;
}
