// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of tests/user-scenarios.t. It answers the name of a scenario with what that one's
 * function says: 1, where it is the old one.
 */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "say.h"
#include "scenarios.h"

static volatile sig_atomic_t leave_loop;
static volatile int zero;
static sem_t entered, leave;
static long ended; /* blocking calls */

static char line[64];

OLD static int next_line(void)
{
	size_t n = 0;

	while (n < sizeof(line) - 1 && read(0, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	return n > 0;
}

static void *start_one(void *(*run)(void *))
{
	static pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL))
		_exit(3);
	return &thread;
}

/* Of libcare */

OLD static long simplest(void)
{
	return 1;
}

OLD static long both(void)
{
	return lib_both();
}

OLD static long new_func(void)
{
	return 1;
}

OLD static long ref_glibc(void)
{
	return 1;
}

OLD static long ref_glibc_data(void)
{
	return 1;
}

static volatile long orig_count = 1;

OLD static long orig_helper(long x)
{
	return x * orig_count;
}

OLD static long ref_orig_single(void)
{
	return orig_helper(1);
}

/* Threads that are there all the time do it, one after the other. */
static sem_t asked[4], answered;
static long sum;

OLD static long in_thread(void)
{
	return orig_helper(1);
}

static long (*volatile thread_work)(void) = in_thread;

static void *serve_thread(void *arg)
{
	for (;;) {
		sem_wait(arg);
		sum += thread_work();
		sem_post(&answered);
	}
	return NULL;
}

static long ref_orig_threads(void)
{
	sum = 0;
	for (int i = 0; i < 4; i++) {
		sem_post(&asked[i]);
		sem_wait(&answered);
	}
	return sum / 4;
}

static const int constants[] = {1, 2, 3};

OLD static long ref_rodata(void)
{
	return constants[zero];
}

OLD static long ifunc(void)
{
	return lib_pick() - 1;
}

static __thread volatile long local = 1;

OLD static long tls_simple(void)
{
	return local;
}

/* Waits for a line in its middle. */
OLD static long fail_busy_single(void)
{
	say("in\n");
	next_line();
	return 1;
}

/* No function is above it. */
OLD static long fail_busy_single_top(void)
{
	leave_loop = 0;
	say("in\n");
	while (!leave_loop)
		;
	return 1;
}

OLD static long fail_busy_threads(void)
{
	sem_post(&entered);
	sem_wait(&leave);
	return 1;
}

static long (*volatile in_other)(void) = fail_busy_threads;
static pthread_t other;

static void *run_other(void *arg)
{
	(void)arg;
	return (void *)in_other();
}

static long enter(void)
{
	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	if (pthread_create(&other, NULL, run_other, NULL))
		_exit(3);
	sem_wait(&entered);
	return 0;
}

static long come_out(void)
{
	void *ret;

	sem_post(&leave);
	pthread_join(other, &ret);
	return (long)ret;
}

OLD static long fail_threading(void)
{
	return 1;
}

static void *nothing(void *arg)
{
	return arg;
}

static void *begin_and_end(void *arg)
{
	pthread_t thread;

	for (;;) {
		if (!pthread_create(&thread, NULL, nothing, NULL))
			pthread_join(thread, NULL);
	}
	return arg;
}

static long storm(void)
{
	for (int i = 0; i < 3; i++)
		start_one(begin_and_end);
	return 0;
}

OLD static long fail_unpatch(void)
{
	return 1;
}

OLD static long frame_finish(void)
{
	say("in\n");
	next_line();
	return 1;
}

OLD static long patchlevel(void)
{
	return 1;
}

/* Of libpulp */

static void *blocked_nap(void *arg)
{
	const struct timespec t = {3600, 0};

	nanosleep(&t, NULL);
	ended++;
	return arg;
}

static void *blocked_poll(void *arg)
{
	poll(NULL, 0, -1);
	ended++;
	return arg;
}

static void *blocked_epoll(void *arg)
{
	struct epoll_event e;

	epoll_wait(epoll_create1(0), &e, 1, -1);
	ended++;
	return arg;
}

static void *blocked_read(void *arg)
{
	int p[2];

	if (pipe(p) || read(p[0], p, 1) < 2)
		ended++;
	return arg;
}

OLD static long syscall_restart(void)
{
	return 1 + ended;
}

OLD static long redzone(void)
{
	return 1;
}

/* A leaf: what it keeps is below the stack pointer. */
OLD static long use_redzone(void)
{
	volatile long kept[8];
	long bad = 0;

	for (long i = 0; i < 8; i++)
		kept[i] = 3 * i + 1;
	while (!leave_loop) {
		for (long i = 0; i < 8; i++)
			bad += kept[i] != 3 * i + 1;
	}
	return bad;
}

static long in_redzone(void)
{
	leave_loop = 0;
	say("in\n");
	return use_redzone();
}

OLD static long recursive(long n)
{
	return n < 2 ? 1 : recursive(n - 1) - recursive(n - 2) + 1;
}

static long recursion(void)
{
	return recursive(12) - recursive(12) + recursive(1);
}

/* Three bytes of its entry are in one page, the rest in the next. */
__asm__(".pushsection .text.pagecross, \"ax\"\n.balign 4096\n.skip 4093, 0xcc\n.popsection");
__attribute__((section(".text.pagecross"), optimize("align-functions=1"))) OLD static long
pagecross(void)
{
	return 1 + zero;
}

OLD static long memory_protection(void)
{
	return 1;
}

OLD static long in_chroot(void)
{
	return 1;
}

static long go_chroot(void)
{
	return chroot("/proc/self/fdinfo") || chdir("/");
}

static void *wait_blocked(void *arg)
{
	(void)arg;
	sem_post(&entered);
	return (void *)lib_wait();
}

/* A thread waits for a signal in the library. */
static long block_thread(void)
{
	sem_init(&entered, 0, 0);
	if (pthread_create(&other, NULL, wait_blocked, NULL))
		_exit(3);
	sem_wait(&entered);
	return 0;
}

static long unblock_thread(void)
{
	void *ret;

	pthread_kill(other, SIGUSR2);
	pthread_join(other, &ret);
	return (long)ret;
}

/* Is cancelled while it waits in there. */
OLD static long cancelled(void)
{
	sem_post(&entered);
	pause();
	return 0;
}

static long result;

static void *run_cancelled(void *arg)
{
	result = 1;
	pthread_cleanup_push((void (*)(void *))sem_post, &leave);
	cancelled();
	pthread_cleanup_pop(0);
	return arg;
}

static long cancel(void)
{
	void *ret;

	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	if (pthread_create(&other, NULL, run_cancelled, NULL))
		_exit(3);
	sem_wait(&entered);
	pthread_cancel(other);
	pthread_join(other, &ret);
	/* The handler has run, too. */
	return ret == PTHREAD_CANCELED && !sem_trywait(&leave) ? result : -1;
}

OLD static long deadlock(void)
{
	free(malloc(100));
	return 1;
}

static void *allocate(void *arg)
{
	void *volatile keep;

	for (;;) {
		keep = malloc(3000);
		free(keep);
	}
	return arg;
}

static long allocate_always(void)
{
	start_one(allocate);
	return 0;
}

static long (*far_function)(long);

static long load_dlopen(void)
{
	void *l = dlopen("libfar.so.1", RTLD_NOW);

	far_function = l ? (long (*)(long))dlsym(l, "far_dlopen") : NULL;
	return far_function ? 0 : -1;
}

static long load_textrel(void)
{
	void *l = dlopen("libtextrel.so.1", RTLD_NOW);

	far_function = l ? (long (*)(long))dlsym(l, "far_textrel") : NULL;
	return far_function ? 0 : -1;
}

static long call_far(void)
{
	return far_function(0);
}

static const struct {
	const char *name;
	long (*run)(void);
} scenario[] = {
	{"simplest", simplest},
	{"both", both},
	{"shared", lib_shared},
	{"new_func", new_func},
	{"ref_glibc", ref_glibc},
	{"ref_glibc_data", ref_glibc_data},
	{"ref_orig_single", ref_orig_single},
	{"ref_orig_threads", ref_orig_threads},
	{"ref_rodata", ref_rodata},
	{"shared_ref_glibc", lib_ref_glibc},
	{"ifunc", ifunc},
	{"tls_simple", tls_simple},
	{"tls_shared", lib_tls},
	{"fail_busy_single", fail_busy_single},
	{"fail_busy_single_top", fail_busy_single_top},
	{"enter", enter},
	{"come_out", come_out},
	{"fail_threading", fail_threading},
	{"storm", storm},
	{"fail_unpatch", fail_unpatch},
	{"frame_finish", frame_finish},
	{"patchlevel", patchlevel},
	{"syscall_restart", syscall_restart},
	{"redzone", redzone},
	{"in_redzone", in_redzone},
	{"recursion", recursion},
	{"pagecross", pagecross},
	{"endbr64", lib_endbr64},
	{"hidden", lib_hidden},
	{"memory_protection", memory_protection},
	{"chroot", in_chroot},
	{"go_chroot", go_chroot},
	{"block_thread", block_thread},
	{"blocked", unblock_thread},
	{"cancel", cancel},
	{"deadlock", deadlock},
	{"allocate", allocate_always},
	{"load_dlopen", load_dlopen},
	{"load_textrel", load_textrel},
	{"far", call_far},
};

static void on_signal(int sig)
{
	leave_loop = sig;
}

int main(void)
{
	sigset_t set;

	signal(SIGUSR1, on_signal);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sem_init(&answered, 0, 0);
	for (int i = 0; i < 4; i++) {
		pthread_t thread;

		sem_init(&asked[i], 0, 0);
		if (pthread_create(&thread, NULL, serve_thread, &asked[i]))
			return 3;
	}
	start_one(blocked_nap);
	start_one(blocked_poll);
	start_one(blocked_epoll);
	start_one(blocked_read);
	say("ready\n");
	while (next_line()) {
		size_t i = 0;

		while (i < sizeof(scenario) / sizeof(*scenario) &&
		       strcmp(line, scenario[i].name) != 0)
			i++;
		if (i < sizeof(scenario) / sizeof(*scenario))
			say_number(scenario[i].run());
		else
			say("what?\n");
	}
	return 0;
}
