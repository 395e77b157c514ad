// SPDX-License-Identifier: GPL-2.0-only
/* Unpacking modules with the tools that every distribution has: see elf/unpack.h. */
#include "elf/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/util.h"

struct format {
	const char *suffix, *program;
	const char *memory; /* the option that limits the memory of the program itself */
};

static const struct format formats[] = {
	{".xz", "xz", "--memlimit-decompress=256MiB"},
	{".zst", "zstd", "--memory=256MB"},
	{".gz", "gzip", NULL},
};

/*
 * A file that unpacks to more than this is not a module: debug information grows about tenfold,
 * zeros a thousandfold. scripts/lib/packed.bash has the same bound.
 */
#define PLAIN_MAX(packed) ((64UL << 20) + 64 * (packed))

static const struct format *format_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (str_ends(path, formats[i].suffix))
			return &formats[i];
	}
	return NULL;
}

bool is_packed(const char *path)
{
	return format_of(path) != NULL;
}

/*
 * In the child: the program reads the file from stdin, so that no file name is taken for an option,
 * and gets no options from the environment.
 */
static void run_program(const struct format *format, int in, int out)
{
	static const char *const options[] = {"XZ_OPT", "XZ_DEFAULTS", "GZIP", "POSIXLY_CORRECT"};

	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		unsetenv(options[i]);
	execlp(format->program, format->program, "-dc", format->memory, (char *)NULL);
	_exit(127);
}

/* False: there is more than max. */
static bool read_all(int fd, size_t max, char **data, size_t *size)
{
	size_t cap = 1 << 20;
	ssize_t n;

	*data = xrealloc(NULL, cap, 1);
	*size = 0;
	while ((n = read(fd, *data + *size, cap - *size)) > 0 || (n < 0 && errno == EINTR)) {
		*size += n > 0 ? (size_t)n : 0;
		if (*size > max)
			return false;
		if (*size == cap) {
			cap *= 2;
			*data = xrealloc(*data, cap, 1);
		}
	}
	return true;
}

int unpack(const char *path, char **data, size_t *size)
{
	const struct format *format = format_of(path);
	int ends[2] = {-1, -1}, status, fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool whole;
	pid_t pid;

	if (fd < 0 || fstat(fd, &st)) {
		error("'%s': %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	if (pipe(ends) < 0 || (pid = child_start()) < 0) {
		error("'%s': cannot be unpacked: %s", path, strerror(errno));
		close(ends[0]);
		close(ends[1]);
		close(fd);
		return -1;
	}
	if (pid == 0) {
		close(ends[0]);
		run_program(format, fd, ends[1]);
	}
	close(ends[1]);
	close(fd);
	whole = read_all(ends[0], PLAIN_MAX((size_t)st.st_size), data, size);
	/* Ends the program when there is more. */
	close(ends[0]);
	status = child_wait(pid);
	if (whole && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (!whole)
		error("'%s' unpacks to more than 64 times its size and 64 MB: that is not a module",
		      path);
	else
		error("'%s': '%s' could not unpack it%s", path, format->program,
		      WIFEXITED(status) && WEXITSTATUS(status) == 127 ? ": is it installed?" : "");
	free(*data);
	*data = NULL;
	return -1;
}
