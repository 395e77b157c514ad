// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread wakes others with a signal, again and again, and waits until each has woken. They wait
 * in calls that let the signal in, so that none can be missed: one that is lost ends the game. For
 * each line of its input it says whether the game goes on.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static sigset_t open_mask;
static int epoll;
static atomic_long woken[4], turns;

static void on_signal(int sig)
{
	(void)sig;
}

static void sleep_once(unsigned long how)
{
	struct epoll_event event;
	const struct timespec hour = {3600, 0};

	switch (how) {
	case 0:
		ppoll(NULL, 0, NULL, &open_mask);
		break;
	case 1:
		epoll_pwait(epoll, &event, 1, -1, &open_mask);
		break;
	case 2:
		sigsuspend(&open_mask);
		break;
	default:
		ppoll(NULL, 0, &hour, &open_mask);
		break;
	}
}

static void *sleeper(void *arg)
{
	unsigned long how = (unsigned long)arg;

	for (;;) {
		sleep_once(how);
		woken[how]++;
	}
	return NULL;
}

static pthread_t thread[4];

static void *waker(void *arg)
{
	for (;;) {
		for (int i = 0; i < 4; i++) {
			long before = woken[i];

			pthread_kill(thread[i], SIGUSR1);
			while (woken[i] == before)
				nanosleep(&(struct timespec){0, 20000}, NULL);
		}
		turns++;
	}
	return arg;
}

int main(void)
{
	const struct sigaction action = {.sa_handler = on_signal};
	pthread_t first;
	sigset_t set;
	char line[64];

	sigemptyset(&open_mask);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGUSR1, &action, NULL);
	epoll = epoll_create1(0);
	for (unsigned long i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, sleeper, (void *)i);
	pthread_create(&first, NULL, waker, NULL);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		long before = turns;

		for (int i = 0; i < 5000 && turns < before + 10; i++)
			nanosleep(&(struct timespec){0, 1000000}, NULL);
		puts(turns >= before + 10 ? "goes on" : "hangs");
		fflush(stdout);
	}
	_exit(0);
}
