// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command and prints the most private memory, in KiB, that it and the processes it started
 * had: what they wrote to, not what they mapped of a file. The kernel keeps no such maximum, so it
 * is read every millisecond.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long private_kib(pid_t pid);

static long private_kib_of_children(pid_t pid)
{
	char path[64];
	long sum = 0;
	FILE *f;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &child) == 1)
		sum += private_kib(child);
	if (f)
		fclose(f);
	return sum;
}

static long private_kib(pid_t pid)
{
	char path[64], line[256];
	long sum = 0, kib;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Private_Dirty: %ld", &kib) == 1)
			sum += kib;
	}
	if (f)
		fclose(f);
	return sum + private_kib_of_children(pid);
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	long most = 0, now;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		now = private_kib(pid);
		if (now > most)
			most = now;
		nanosleep(&pause, NULL);
	}
	printf("%ld\n", most);
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
