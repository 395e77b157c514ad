// SPDX-License-Identifier: GPL-2.0-only
/* Work for many items in several processes: see base/parallel.h. */
#include "base/parallel.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/util.h"

/* Fewer items than this for each process are not worth starting it. */
#define ITEMS_EACH 16

#define WORKERS_MAX 64
#define PROGRESS_AFTER 2 /* seconds */

struct crew {
	pid_t pid[WORKERS_MAX];
	size_t n;
	size_t *next; /* the item that nobody has begun: shared by all */
	int in;	      /* where records come from */
};

static size_t worker_count(size_t items)
{
	size_t n = 1;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = (size_t)CPU_COUNT(&set);
	if (n > items / ITEMS_EACH)
		n = items / ITEMS_EACH;
	return n > WORKERS_MAX ? WORKERS_MAX : n;
}

void parallel_send(struct parallel *p, const void *record)
{
	if (p->out < 0) {
		p->take(p, record);
		return;
	}
	/* As many bytes as PIPE_BUF go in one piece, whoever else writes: pipe(7). */
	while (write(p->out, record, p->record_size) < 0) {
		if (errno != EINTR)
			_exit(EXIT_REFUSED);
	}
}

/* Some functions that call error(), such as def_place(), have no status to return. */
static int do_item(struct parallel *p, size_t i)
{
	unsigned int before = error_count();

	return p->work(p, i) || error_count() != before ? -1 : 0;
}

static int run_here(struct parallel *p)
{
	p->out = -1;
	for (size_t i = 0; i < p->items; i++) {
		if (do_item(p, i))
			return -1;
	}
	return 0;
}

static void run_worker(struct parallel *p, struct crew *crew)
{
	size_t i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((i = __atomic_fetch_add(crew->next, 1, __ATOMIC_RELAXED)) < p->items) {
		if (do_item(p, i))
			_exit(EXIT_REFUSED);
	}
	_exit(0);
}

static int start(struct parallel *p, struct crew *crew, size_t workers)
{
	int ends[2];

	crew->next = mmap(NULL, sizeof(*crew->next), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crew->next == MAP_FAILED || pipe(ends)) {
		error("no pipe for %zu processes: %s", workers, strerror(errno));
		return -1;
	}
	*crew->next = 0;
	crew->in = ends[0];
	p->out = ends[1];
	fflush(NULL);
	while (crew->n < workers) {
		pid_t pid = child_start();

		if (pid == 0)
			run_worker(p, crew);
		if (pid < 0)
			break;
		crew->pid[crew->n++] = pid;
	}
	close(ends[1]);
	p->out = -1;
	if (crew->n)
		return 0;
	error("no process can be started: %s", strerror(errno));
	close(crew->in);
	return -1;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void show_progress(const struct parallel *p, const struct crew *crew)
{
	size_t done = __atomic_load_n(crew->next, __ATOMIC_RELAXED);

	/* Past stderr, which would print the control character: base/printable.h. */
	dprintf(STDERR_FILENO, "\r%s: %zu of %zu %s", progname, done < p->items ? done : p->items,
		p->items, p->what);
}

/* Takes records until all workers have closed the pipe. */
static void collect(struct parallel *p, const struct crew *crew)
{
	struct pollfd ready = {.fd = crew->in, .events = POLLIN};
	char *record = xcalloc(p->record_size, 1);
	bool terminal = isatty(STDERR_FILENO);
	time_t begin = seconds(), shown = begin + PROGRESS_AFTER - 1;
	size_t have = 0;

	for (;;) {
		time_t now = seconds();
		ssize_t got;

		if (terminal && now > shown) {
			show_progress(p, crew);
			shown = now;
		}
		if (poll(&ready, 1, 250) <= 0)
			continue;
		got = read(crew->in, record + have, p->record_size - have);
		if (got == 0 || (got < 0 && errno != EINTR))
			break;
		have += got > 0 ? (size_t)got : 0;
		if (have < p->record_size)
			continue;
		have = 0;
		p->take(p, record);
	}
	if (shown >= begin + PROGRESS_AFTER)
		dprintf(STDERR_FILENO, "\r\033[K");
	free(record);
	close(crew->in);
}

static int wait_for(const struct crew *crew)
{
	int failed = 0;

	for (size_t i = 0; i < crew->n; i++) {
		int status = child_wait(crew->pid[i]);

		if (WIFSIGNALED(status))
			error("a worker process was ended by signal %d (%s)", WTERMSIG(status),
			      strsignal(WTERMSIG(status)));
		else if (status)
			error("a worker process failed, for the reason above");
		if (status)
			failed = -1;
	}
	return failed;
}

int parallel_run(struct parallel *p)
{
	size_t workers = worker_count(p->items);
	struct crew crew = {.n = 0};
	int status;

	if (workers < 2)
		return run_here(p);
	status = start(p, &crew, workers);
	if (!status) {
		collect(p, &crew);
		status = wait_for(&crew);
	}
	if (crew.next != MAP_FAILED)
		munmap(crew.next, sizeof(*crew.next));
	return status;
}
