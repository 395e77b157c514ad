// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread in each kind of blocking call. On a line it says which calls have returned though
 * nothing had happened, and how. After the line "signal" each thread gets one: it has to end the
 * call that the thread is in.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec hour = {3600, 0};
static int quiet[2], timed[2], locked;
static int epoll, inotify, listener, semaphores, messages, uring;
static aio_context_t aio;
static int word;
static sem_t semaphore;
static struct epoll_event event;
static struct pollfd ready[1];
static sigset_t none;

static long wait_epoll(void)
{
	return epoll_wait(epoll, &event, 1, -1);
}

static long wait_epoll_timed(void)
{
	return epoll_wait(epoll, &event, 1, 3600000);
}

static long wait_epoll_pwait(void)
{
	return epoll_pwait(epoll, &event, 1, -1, &none);
}

static long wait_epoll_pwait2(void)
{
	return syscall(SYS_epoll_pwait2, epoll, &event, 1, &hour, &none, 8);
}

static long wait_poll(void)
{
	return poll(ready, 1, -1);
}

static long wait_poll_timed(void)
{
	return poll(ready, 1, 3600000);
}

static long wait_ppoll(void)
{
	return ppoll(ready, 1, &hour, &none);
}

static long wait_select(void)
{
	fd_set set;
	struct timeval t = {3600, 0};

	FD_ZERO(&set);
	FD_SET(quiet[0], &set);
	return select(quiet[0] + 1, &set, NULL, NULL, &t);
}

static long wait_pselect(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(quiet[0], &set);
	return pselect(quiet[0] + 1, &set, NULL, NULL, NULL, &none);
}

static long wait_nanosleep(void)
{
	return nanosleep(&hour, NULL);
}

static long wait_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += 3600;
	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	return errno ? -1 : 0;
}

static long wait_read(void)
{
	char c;

	return read(quiet[0], &c, 1);
}

static long wait_inotify(void)
{
	char c[4096];

	return read(inotify, c, sizeof(c));
}

static long wait_recv(void)
{
	char c;

	return recv(timed[0], &c, 1, 0);
}

static long wait_read_socket(void)
{
	char c;

	return read(timed[0], &c, 1);
}

static long wait_accept(void)
{
	return accept(listener, NULL, NULL);
}

static long wait_futex(void)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static long wait_futex_timed(void)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &hour, NULL, 0);
}

static long wait_semop(void)
{
	struct sembuf b = {0, -1, 0};

	return semop(semaphores, &b, 1);
}

static long wait_semtimedop(void)
{
	struct sembuf b = {0, -1, 0};

	return semtimedop(semaphores, &b, 1, &hour);
}

static long wait_sigwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigwaitinfo(&set, NULL);
}

static long wait_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigtimedwait(&set, NULL, &hour);
}

static long wait_msgrcv(void)
{
	struct {
		long type;
		char text[8];
	} m;

	return msgrcv(messages, &m, sizeof(m.text), 0, 0);
}

static long wait_aio(void)
{
	struct io_event e;

	return syscall(SYS_io_getevents, aio, 1, 1, &e, NULL);
}

static long wait_uring(void)
{
	return uring < 0 ? pause()
			 : syscall(SYS_io_uring_enter, uring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 8);
}

static long wait_pause(void)
{
	return pause();
}

static long wait_suspend(void)
{
	return sigsuspend(&none);
}

static long wait_child(void)
{
	return waitpid(-1, NULL, 0);
}

static long wait_lock(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	long status = flock(fd, LOCK_EX), why = errno;

	close(fd);
	errno = (int)why;
	return status;
}

static long wait_record_lock(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

	return fcntl(locked, F_OFD_SETLKW, &l);
}

static long wait_sem(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 3600;
	return sem_timedwait(&semaphore, &t);
}

static struct waiter {
	const char *name;
	long (*wait)(void);
	pthread_t thread;
	atomic_int returned, error, inside;
} waiters[] = {
	{.name = "epoll_wait", .wait = wait_epoll},
	{.name = "epoll_wait_timed", .wait = wait_epoll_timed},
	{.name = "epoll_pwait", .wait = wait_epoll_pwait},
	{.name = "epoll_pwait2", .wait = wait_epoll_pwait2},
	{.name = "poll", .wait = wait_poll},
	{.name = "poll_timed", .wait = wait_poll_timed},
	{.name = "ppoll", .wait = wait_ppoll},
	{.name = "select", .wait = wait_select},
	{.name = "pselect", .wait = wait_pselect},
	{.name = "nanosleep", .wait = wait_nanosleep},
	{.name = "clock_nanosleep", .wait = wait_clock},
	{.name = "read", .wait = wait_read},
	{.name = "inotify", .wait = wait_inotify},
	{.name = "recv_timed", .wait = wait_recv},
	{.name = "read_timed", .wait = wait_read_socket},
	{.name = "accept_timed", .wait = wait_accept},
	{.name = "futex", .wait = wait_futex},
	{.name = "futex_timed", .wait = wait_futex_timed},
	{.name = "semop", .wait = wait_semop},
	{.name = "semtimedop", .wait = wait_semtimedop},
	{.name = "sigwaitinfo", .wait = wait_sigwait},
	{.name = "sigtimedwait", .wait = wait_sigtimedwait},
	{.name = "msgrcv", .wait = wait_msgrcv},
	{.name = "io_getevents", .wait = wait_aio},
	{.name = "io_uring_enter", .wait = wait_uring},
	{.name = "pause", .wait = wait_pause},
	{.name = "sigsuspend", .wait = wait_suspend},
	{.name = "waitpid", .wait = wait_child},
	{.name = "flock", .wait = wait_lock},
	{.name = "ofd_lock", .wait = wait_record_lock},
	{.name = "sem_timedwait", .wait = wait_sem},
};

#define WAITERS (sizeof(waiters) / sizeof(*waiters))

static void *loop(void *arg)
{
	struct waiter *w = arg;

	for (;;) {
		long status;

		w->inside = 1;
		status = w->wait();
		w->error = status < 0 ? errno : -1;
		w->returned++;
		if (w->error != EINTR)
			nanosleep(&hour, NULL);
	}
	return NULL;
}

static void on_signal(int sig)
{
	(void)sig;
}

static void prepare(void)
{
	const struct timeval t = {3600, 0};
	struct io_uring_params params = {0};
	const struct sigaction action = {.sa_handler = on_signal};
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	FILE *f = tmpfile();
	int fd = open("/proc/self/exe", O_RDONLY);
	char path[64];
	pid_t child;

	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&none);
	uring = (int)syscall(SYS_io_uring_setup, 4, &params); /* -1: not in this kernel */
	flock(fd, LOCK_EX);
	fcntl(fileno(f), F_OFD_SETLK, &l);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(f));
	locked = open(path, O_RDWR);
	if (pipe(quiet) || socketpair(AF_UNIX, SOCK_STREAM, 0, timed))
		_exit(3);
	setsockopt(timed[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	ready[0] = (struct pollfd){.fd = quiet[0], .events = POLLIN};
	epoll = epoll_create1(0);
	inotify = inotify_init1(0);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "klpapply test %d", getpid());
	if (bind(listener, (struct sockaddr *)&name, sizeof(name)) || listen(listener, 1))
		_exit(4);
	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	semaphores = semget(IPC_PRIVATE, 1, 0600);
	messages = msgget(IPC_PRIVATE, 0600);
	syscall(SYS_io_setup, 8, &aio);
	sem_init(&semaphore, 0, 0);
	child = fork();
	if (!child) {
		/* Until the parent's end of the pipe is closed, by its death. */
		char c;

		close(quiet[1]);
		_exit(read(quiet[0], &c, 1) > 0);
	}
}

static void report(void)
{
	for (size_t i = 0; i < WAITERS; i++) {
		if (waiters[i].returned)
			printf("%s %s; ", waiters[i].name,
			       waiters[i].error < 0 ? "done" : strerror(waiters[i].error));
	}
	printf("\n");
	fflush(stdout);
}

/* Each thread's call has to end; one that does not is named. */
static void send_signals(void)
{
	for (size_t i = 0; i < WAITERS; i++) {
		waiters[i].returned = 0;
		pthread_kill(waiters[i].thread, SIGUSR1);
		for (int k = 0; k < 2000 && !waiters[i].returned; k++)
			nanosleep(&(struct timespec){0, 1000000}, NULL);
		if (waiters[i].returned != 1 || waiters[i].error != EINTR)
			printf("%s ", waiters[i].name);
	}
	printf("signalled\n");
	fflush(stdout);
}

int main(void)
{
	char line[64];

	prepare();
	for (size_t i = 0; i < WAITERS; i++)
		pthread_create(&waiters[i].thread, NULL, loop, &waiters[i]);
	for (size_t i = 0; i < WAITERS; i++) {
		while (!waiters[i].inside)
			sched_yield();
	}
	printf("ready %zu\n", WAITERS);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "signal\n"))
			send_signals();
		else
			report();
	}
	semctl(semaphores, 0, IPC_RMID);
	msgctl(messages, IPC_RMID, NULL);
	_exit(0);
}
