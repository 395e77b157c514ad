// SPDX-License-Identifier: GPL-2.0-only
/* Unpacking modules with the tools that every distribution has: see unpack.h. */
#include "unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "util.h"

static const struct {
	const char *suffix, *program;
} formats[] = {{".xz", "xz"}, {".zst", "zstd"}, {".gz", "gzip"}};

static const char *program_for(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (str_ends(path, formats[i].suffix))
			return formats[i].program;
	}
	return NULL;
}

bool is_packed(const char *path)
{
	return program_for(path) != NULL;
}

/* In the child: the file on stdin, so that no name can be taken for an option. */
static void run_program(const char *program, const char *path, int out)
{
	if (!freopen(path, "r", stdin) || dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	execlp(program, program, "-dc", (char *)NULL);
	_exit(127);
}

static void read_all(int fd, char **data, size_t *size)
{
	size_t cap = 1 << 20;
	ssize_t n;

	*data = xrealloc(NULL, cap, 1);
	*size = 0;
	while ((n = read(fd, *data + *size, cap - *size)) > 0 || (n < 0 && errno == EINTR)) {
		*size += n > 0 ? (size_t)n : 0;
		if (*size == cap) {
			cap *= 2;
			*data = xrealloc(*data, cap, 1);
		}
	}
}

int unpack(const char *path, char **data, size_t *size)
{
	const char *program = program_for(path);
	int ends[2], status;
	pid_t pid;

	if (pipe(ends) < 0 || (pid = child_start()) < 0) {
		error("'%s': cannot be unpacked: %s", path, strerror(errno));
		return -1;
	}
	if (pid == 0) {
		close(ends[0]);
		run_program(program, path, ends[1]);
	}
	close(ends[1]);
	read_all(ends[0], data, size);
	close(ends[0]);
	status = child_wait(pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	error("'%s': '%s' could not unpack it%s", path, program,
	      WIFEXITED(status) && WEXITSTATUS(status) == 127 ? ": is it installed?" : "");
	free(*data);
	*data = NULL;
	return -1;
}
