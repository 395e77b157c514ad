// SPDX-License-Identifier: GPL-2.0-only
/* A server that sells tickets: it reads "NAME COUNT" or "NAME all", and a thread of its own answers each line. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "price.h"
#include "sales.h"

#define WORKERS 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char request[100];
static int closing;

static void *worker(void *unused)
{
	char name[50], word[10];
	long count;

	(void)unused;
	pthread_mutex_lock(&lock);
	for (;;) {
		while (!request[0] && !closing)
			pthread_cond_wait(&changed, &lock);
		if (!request[0])
			break;
		if (sscanf(request, "%49s %ld", name, &count) == 2)
			sell(name, count);
		else if (sscanf(request, "%49s %9s", name, word) == 2 && !strcmp(word, "all"))
			tell(name);
		else
			printf("what?\n");
		request[0] = '\0';
		pthread_cond_broadcast(&changed);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

int main(int argc, char **argv)
{
	char line[sizeof(request)];
	pthread_t thread[WORKERS];

	if (argc > 1)
		price_set(atol(argv[1]));
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&thread[i], NULL, worker, NULL);
	while (fgets(line, sizeof(line), stdin)) {
		pthread_mutex_lock(&lock);
		strcpy(request, line);
		pthread_cond_broadcast(&changed);
		while (request[0])
			pthread_cond_wait(&changed, &lock);
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	closing = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
