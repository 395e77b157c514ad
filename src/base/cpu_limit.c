// SPDX-License-Identifier: GPL-2.0-only
/* A limit to the time that a run takes: see base/cpu_limit.h. */
#include "base/cpu_limit.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/util.h"

#define CPU_SECONDS 600

/* Written beforehand: a signal handler may not do much. */
static char *message;

static void refuse(int sig)
{
	(void)sig;
	if (write(STDERR_FILENO, message, strlen(message)) < 0)
		_exit(EXIT_REFUSED);
	_exit(EXIT_REFUSED);
}

void cpu_limit(const char *path)
{
	struct rlimit cpu;

	if (getrlimit(RLIMIT_CPU, &cpu))
		return;
	if (cpu.rlim_cur == RLIM_INFINITY)
		cpu.rlim_cur = CPU_SECONDS;
	message = xasprintf(
		"%s: error: '%s': reading it takes more than %llu seconds, as that of no sane "
		"module does\n"
		"  if you trust it, set another limit: 'ulimit -t SECONDS'\n",
		progname, path, (unsigned long long)cpu.rlim_cur);
	signal(SIGXCPU, refuse);
	setrlimit(RLIMIT_CPU, &cpu);
}
