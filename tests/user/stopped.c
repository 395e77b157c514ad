// SPDX-License-Identifier: GPL-2.0-only
/*
 * For 'make bench': a process with as many threads as it is told, one of which looks at the clock
 * all the time while it is asked to. The longest time between two looks is what the process was
 * stopped for, whoever has stopped it.
 *
 *   "start": answers when the thread looks; "end": answers with the longest time, in microseconds;
 * "work": whether the function is the new one
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int asked, looking;
static atomic_long longest;

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *look(void *arg)
{
	for (;;) {
		while (!asked)
			usleep(1000);
		longest = 0;
		looking = 1;
		for (long last = now(), next; asked; last = next) {
			next = now();
			if (next - last > longest)
				longest = next - last;
		}
		looking = 0;
	}
	return arg;
}

static void *sleep_there(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* Replaced by the patch. */
__attribute__((noipa)) static long work(long x)
{
	return x + atol("1");
}

/* The thread has taken notice. */
static void until(int is)
{
	while (looking != is)
		usleep(1000);
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 3;
	pthread_attr_t small;
	pthread_t thread;
	char line[20];

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (int i = 0; i < threads - 1; i++) {
		if (pthread_create(&thread, &small, i ? sleep_there : look, NULL))
			return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "work\n")) {
			printf("%ld\n", work(1));
			continue;
		}
		asked = !strcmp(line, "start\n");
		until(asked);
		printf("%ld\n", (long)longest);
	}
	return 0;
}
