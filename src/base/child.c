// SPDX-License-Identifier: GPL-2.0-only
/* Child processes: see base/child.h. */
#include "base/child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"

pid_t child_start(void)
{
	signal(SIGCHLD, SIG_DFL);
	return fork();
}

int child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno == EINTR)
			continue;
		error("cannot learn how a child process ended: %s", strerror(errno));
		return EXIT_REFUSED << 8; /* as if by exit(): wait(2) */
	}
	return status;
}
