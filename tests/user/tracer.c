// SPDX-License-Identifier: GPL-2.0-only
/* Traces a process until its input ends, as a debugger does. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>

int main(int argc, char **argv)
{
	if (argc < 2 || ptrace(PTRACE_SEIZE, atoi(argv[1]), 0, 0))
		return 1;
	puts("ready");
	fflush(stdout);
	getchar();
	return 0;
}
