// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpplace puts the finished files of one run into the user's directory: all of them, or none.
 *
 * klpmake may be run by root in a directory of somebody else, who can put links there at any
 * moment. So the directory is opened once, and whatever is written goes into a file that was made
 * in it then, by descriptor: no link is followed after that, and nothing that is there is opened.
 *
 * Two runs (for two kernels, or of two patches with one --output) take turns by a lock on the
 * directory itself, so that the table of symbols is that of the module beside it. A run that was
 * killed leaves copies; who has the lock takes them away.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/util.h"

#define MARK ".klpmake-"
#define RANDOM_DIGITS 16

/* Nobody holds the lock for longer than it takes to copy some files. */
#define LOCK_SECONDS 60

static const char help[] =
	"Usage: klpplace DIRECTORY FILE NAME [FILE NAME]...\n"
	"Puts a copy of each FILE into DIRECTORY as NAME, all at once. Of several the\n"
	"last one describes the others: an older one is taken away before these appear,\n"
	"and the new one comes last.\n"
	"\n"
	"  -h, --help          this help\n"
	"  -V, --version       the version\n";

struct place {
	const char *file, *name;
	char *copy; /* its name in the directory while it is not NAME; NULL: there is none */
};

static const char *directory;
static int dir = -1;
static struct place *places;
static size_t place_num;

/* unlinkat(2) is safe in a signal handler. */
static void remove_copies(void)
{
	for (size_t i = 0; i < place_num; i++) {
		if (places[i].copy)
			unlinkat(dir, places[i].copy, 0);
	}
}

static void stopped(int sig)
{
	remove_copies();
	signal(sig, SIG_DFL);
	raise(sig);
}

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP, SIGXFSZ};

/* A signal that this program was started to ignore stays ignored. */
static void catch_signals(sigset_t *ret)
{
	sigemptyset(ret);
	for (size_t i = 0; i < ARRAY_SIZE(stopping); i++) {
		sigaddset(ret, stopping[i]);
		if (signal(stopping[i], stopped) == SIG_IGN)
			signal(stopping[i], SIG_IGN);
	}
}

static void too_late(int sig)
{
	(void)sig;
}

static int wait_for_lock(void)
{
	const struct sigaction alarmed = {.sa_handler = too_late}; /* ends flock(2) */
	int status;

	warning("another klpmake is writing to '%s': waiting for it to end", directory);
	sigaction(SIGALRM, &alarmed, NULL);
	alarm(LOCK_SECONDS);
	status = flock(dir, LOCK_EX);
	alarm(0);
	if (status && errno == EINTR)
		error("'%s' has been locked for %d seconds: 'lslocks' shows by which process",
		      directory, LOCK_SECONDS);
	return status;
}

static int open_directory(void)
{
	dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		error("'%s': cannot be opened to put the results there: %s", directory,
		      strerror(errno));
		return -1;
	}
	if (!flock(dir, LOCK_EX | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK)
		return wait_for_lock();
	error("'%s': cannot be locked: %s", directory, strerror(errno));
	return -1;
}

/* ".NAME.klpmake-" of one of the names, and a random number. */
static bool is_copy(const char *entry)
{
	for (size_t i = 0; i < place_num; i++) {
		size_t len = strlen(places[i].name);

		if (entry[0] == '.' && strncmp(entry + 1, places[i].name, len) == 0 &&
		    str_starts(entry + 1 + len, MARK) &&
		    strlen(entry + 1 + len) == strlen(MARK) + RANDOM_DIGITS)
			return true;
	}
	return false;
}

/* What runs that were killed have left. */
static void remove_leftovers(void)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		struct stat st;

		if (is_copy(e->d_name) && !fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode) && st.st_uid == geteuid())
			unlinkat(dir, e->d_name, 0);
	}
	if (d)
		closedir(d);
}

static int refuse_writing(const struct place *p)
{
	error("'%s/%s': cannot be written: %s", directory, p->name, strerror(errno));
	return -1;
}

static int copy_bytes(const struct place *p, int from, int to)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf)))) {
		for (ssize_t done = 0; done < n;) {
			ssize_t wrote = write(to, buf + done, (size_t)(n - done));

			if (wrote < 0 && errno != EINTR)
				return refuse_writing(p);
			done += wrote > 0 ? wrote : 0;
		}
		if (n < 0 && errno != EINTR) {
			error("'%s': %s", p->file, strerror(errno));
			return -1;
		}
	}
	/* Or a machine that loses its power now finds an empty file of that name later. */
	return fdatasync(to) ? refuse_writing(p) : 0;
}

static char *new_name(const char *name)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number)) {
		error("no random number: %s", strerror(errno));
		exit(EXIT_REFUSED);
	}
	return xasprintf(".%s" MARK "%016llx", name, (unsigned long long)number);
}

/* No signal may arrive before the name of the new file has been noted. */
static int make_copy(struct place *p, const sigset_t *signals)
{
	char *name = new_name(p->name);
	struct stat st;
	int from, to, status;

	if (!fstatat(dir, p->name, &st, AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode)) {
		error("'%s/%s' is a directory, but klpmake writes a file of that name", directory,
		      p->name);
		free(name);
		return -1;
	}
	from = open(p->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0) {
		error("'%s': %s", p->file, strerror(errno));
		free(name);
		return -1;
	}
	sigprocmask(SIG_BLOCK, signals, NULL);
	to = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (to >= 0)
		p->copy = name;
	sigprocmask(SIG_UNBLOCK, signals, NULL);
	if (to < 0) {
		error("'%s': cannot write there: %s", directory, strerror(errno));
		free(name);
		close(from);
		return -1;
	}
	status = copy_bytes(p, from, to);
	if (close(to) && !status)
		status = refuse_writing(p);
	close(from);
	return status;
}

/* No signal is handled in between, so all results are there even if the program is stopped here. */
static int put_in_place(const sigset_t *signals)
{
	const struct place *last = &places[place_num - 1];
	int status = 0;

	sigprocmask(SIG_BLOCK, signals, NULL);
	if (place_num > 1 && unlinkat(dir, last->name, 0) && errno != ENOENT) {
		error("'%s/%s': cannot be replaced: %s", directory, last->name, strerror(errno));
		status = -1;
	}
	for (size_t i = 0; !status && i < place_num; i++) {
		status = renameat(dir, places[i].copy, dir, places[i].name);
		if (status) {
			error("'%s/%s': cannot be put there: %s", directory, places[i].name,
			      strerror(errno));
			break;
		}
		free(places[i].copy);
		places[i].copy = NULL;
	}
	remove_copies();
	for (size_t i = 0; i < ARRAY_SIZE(stopping); i++)
		signal(stopping[i], SIG_IGN);
	sigprocmask(SIG_UNBLOCK, signals, NULL);
	return status;
}

static int place_all(void)
{
	sigset_t signals;

	if (open_directory())
		return -1;
	remove_leftovers();
	catch_signals(&signals);
	for (size_t i = 0; i < place_num; i++) {
		if (make_copy(&places[i], &signals)) {
			remove_copies();
			return -1;
		}
	}
	return put_in_place(&signals);
}

static void take_places(char **argv)
{
	for (size_t cap = 0; *argv; argv += 2) {
		if (!argv[1])
			usage_error("a name is missing for '%s'", argv[0]);
		if (!argv[1][0] || strchr(argv[1], '/'))
			usage_error("'%s' is not a file name: it is empty or has a '/'", argv[1]);
		GROW(places, place_num, cap);
		places[place_num++] = (struct place){.file = argv[0], .name = argv[1]};
	}
}

int main(int argc, char **argv)
{
	static const struct option longopts[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int c;

	progname = "klpmake";
	printable_output();
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:hV", longopts, NULL)) != -1) {
		switch (c) {
		case 'h':
			fputs(help, stdout);
			return EXIT_SUCCESS;
		case 'V':
			printf("klpplace %s\n", KLPMAKE_VERSION);
			return EXIT_SUCCESS;
		default:
			usage_error_option(c, argv);
		}
	}
	if (argc - optind < 3)
		usage_error("a directory, a file and its name are needed");
	directory = argv[optind];
	take_places(argv + optind + 1);
	return place_all() ? EXIT_REFUSED : EXIT_SUCCESS;
}
