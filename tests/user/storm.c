// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that send signals to each other and threads that begin and end, until a line comes.
 * Queued signals (SIGRTMIN) are never merged: those that were sent and those that were handled are
 * counted, and must be as many.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define THREADS 6

static atomic_long sent, handled, born;
static atomic_int go, stop, silent;
static pthread_t thread[THREADS];

static void on_signal(int sig)
{
	(void)sig;
	handled++;
}

static void *send(void *arg)
{
	const struct timespec t = {0, 50000};
	unsigned long n = (unsigned long)arg;

	while (!go)
		sched_yield();
	while (!stop) {
		int error = pthread_sigqueue(thread[n++ % THREADS], SIGRTMIN, (union sigval){0});

		if (!error)
			sent++;
		else if (error != EAGAIN)
			_exit(4);
		nanosleep(&t, NULL);
	}
	silent++;
	/* It stays, as others may still send signals to it. */
	for (;;)
		pause();
	return NULL;
}

static void *end(void *arg)
{
	return arg;
}

static void *breed(void *arg)
{
	const struct timespec t = {0, 200000};

	while (!stop) {
		pthread_t child;

		if (!pthread_create(&child, NULL, end, NULL)) {
			pthread_join(child, NULL);
			born++;
		}
		nanosleep(&t, NULL);
	}
	return arg;
}

int main(void)
{
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	pthread_t breeder;
	char c;

	sigaction(SIGRTMIN, &action, NULL);
	for (unsigned long i = 0; i < THREADS; i++)
		thread[i] = pthread_self();
	for (unsigned long i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, send, (void *)i);
	pthread_create(&breeder, NULL, breed, NULL);
	go = 1; /* all of them are there */
	puts("ready");
	fflush(stdout);
	if (read(0, &c, 1) != 1)
		return 3;
	stop = 1;
	pthread_join(breeder, NULL);
	while (silent < THREADS)
		sched_yield();
	for (int i = 0; i < 1000 && sent != handled; i++)
		nanosleep(&(struct timespec){0, 1000000}, NULL);
	printf("sent %s handled %ld\n", sent > 1000 && born > 100 ? "many" : "few", sent - handled);
	fflush(stdout);
	_exit(0);
}
