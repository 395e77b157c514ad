// SPDX-License-Identifier: GPL-2.0-only
/* A process as /proc shows it: see apply/process.h. */
#include "apply/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

char *process_file(pid_t pid, const char *name)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/%s", pid, name);
	size_t size = 0, room = 0;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return NULL;
	do {
		if (room - size < 4096) {
			room = room ? 2 * room : 16384;
			text = xrealloc(text, room, 1);
		}
		got = read(fd, text + size, room - size - 1);
		if (got > 0)
			size += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0) {
		int saved = errno;

		close(fd);
		free(text);
		errno = saved;
		return NULL;
	}
	close(fd);
	text[size] = '\0';
	return text;
}

const char *process_status(pid_t pid, pid_t tid, const char *key)
{
	static char text[8192], value[128];
	size_t length = strlen(key), kept = 0;
	bool within = false; /* a line that is longer than the room for it: "Groups" may be */
	char path[64];
	ssize_t got;
	int fd;

	/* No allocation: this is also asked while threads are stopped. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	value[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return value;
	while (!value[0] && (got = read(fd, text + kept, sizeof(text) - 1 - kept)) > 0) {
		const char *line = text, *end;

		text[kept + (size_t)got] = '\0';
		for (; (end = strchr(line, '\n')); line = end + 1) {
			if (!within && !strncmp(line, key, length) && line[length] == ':') {
				line += length + 1;
				line += strspn(line, " \t");
				snprintf(value, sizeof(value), "%.*s", (int)(end - line), line);
				break;
			}
			within = false;
		}
		/* What is left is the beginning of a line, or goes on with one. */
		kept = strlen(line);
		if (line == text && kept == sizeof(text) - 1) {
			within = true;
			kept = 0;
		}
		memmove(text, line, kept);
	}
	close(fd);
	return value;
}

long process_status_number(pid_t pid, pid_t tid, const char *key)
{
	return strtol(process_status(pid, tid, key), NULL, 10);
}

bool process_task_ended(pid_t pid, pid_t tid)
{
	const char *state = process_status(pid, tid, "State");

	return !*state || *state == 'Z' || *state == 'X';
}

int process_denied(struct process *p)
{
	CLEANUP_FREE char *yama = NULL;
	size_t size;
	long scope;

	if (!access("/proc/sys/kernel/yama/ptrace_scope", R_OK) &&
	    !read_file("/proc/sys/kernel/yama/ptrace_scope", &yama, &size)) {
		scope = strtol(yama, NULL, 10);
		if (scope == 3)
			return outcome_refuse(p->outcome,
					      "kernel.yama.ptrace_scope is 3: until the next boot "
					      "nobody may trace a process");
	}
	if (geteuid())
		return outcome_refuse(p->outcome, "you may not trace it: only its user may, where "
						  "it is not setuid and ptrace_scope allows that, "
						  "and who has CAP_SYS_PTRACE");
	return outcome_refuse(p->outcome, "the kernel denies to trace it, though you are root: "
					  "CAP_SYS_PTRACE is missing here (a container?), or a "
					  "security module (SELinux, AppArmor) forbids it");
}

static void read_command(struct process *p)
{
	CLEANUP_FREE char *comm = process_file(p->pid, "comm");

	snprintf(p->command, sizeof(p->command), "%.*s", comm ? (int)strcspn(comm, "\n") : 1,
		 comm ? comm : "?");
}

static int no_program(struct process *p)
{
	if (process_task_ended(p->pid, p->via))
		return outcome_gone(p->outcome);
	return outcome_other(p->outcome, "it runs no program: a thread of the kernel");
}

/* A thread that has not ended, the first one if it has not. */
static pid_t living(pid_t pid)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/task", pid);
	struct dirent *entry;
	pid_t tid = pid;
	DIR *dir;

	if (!process_task_ended(pid, pid))
		return pid;
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		tid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (isdigit((unsigned char)entry->d_name[0]) && !process_task_ended(pid, tid))
			break;
		tid = pid;
	}
	if (dir)
		closedir(dir);
	return tid;
}

int process_open(struct process *p, pid_t pid, struct process_outcome *outcome)
{
	CLEANUP_FREE char *path = NULL;

	*p = (struct process){.pid = pid, .via = living(pid), .memory = -1, .outcome = outcome};
	path = xasprintf("/proc/%d/mem", p->via);
	read_command(p);
	p->memory = open(path, O_RDWR | O_CLOEXEC);
	if (p->memory < 0) {
		if (errno == EACCES || errno == EPERM)
			return process_denied(p);
		return no_program(p);
	}
	if (process_read_maps(p)) {
		process_close(p);
		return -1;
	}
	return 0;
}

void process_close(struct process *p)
{
	if (p->memory >= 0)
		close(p->memory);
	p->memory = -1;
	free(p->maps_text);
	free(p->map);
	p->maps_text = NULL;
	p->map = NULL;
	p->map_count = 0;
}

/* START-END PERMISSIONS OFFSET MAJOR:MINOR INODE [PATH] (proc(5)). */
static bool parse_map(struct process_map *m, char *line)
{
	uint64_t major, minor;
	char perms[5];
	int behind = 0;

	if (sscanf(line,
		   "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %" SCNx64 ":%" SCNx64 " %" SCNu64 " %n",
		   &m->start, &m->end, perms, &m->offset, &major, &minor, &m->inode, &behind) < 7 ||
	    strlen(perms) != 4)
		return false;
	m->device = major << 32 | minor;
	m->read = perms[0] == 'r';
	m->write = perms[1] == 'w';
	m->execute = perms[2] == 'x';
	m->path = behind ? line + behind : "";
	return true;
}

int process_read_maps(struct process *p)
{
	size_t room = 0;

	free(p->maps_text);
	p->map_count = 0;
	p->maps_text = process_file(p->via, "maps");
	if (!p->maps_text)
		return errno == EACCES || errno == EPERM ? process_denied(p)
							 : outcome_gone(p->outcome);
	for (char *line = p->maps_text; *line;) {
		char *end = line + strcspn(line, "\n");
		char *next = *end ? end + 1 : end;

		*end = '\0';
		if (p->map_count == room) {
			room = room ? 2 * room : 64;
			p->map = xrealloc(p->map, room, sizeof(*p->map));
		}
		if (!parse_map(&p->map[p->map_count], line))
			return outcome_refuse(p->outcome,
					      "/proc/%d/maps has a line of a kind that "
					      "is not known: '%s'",
					      p->pid, line);
		p->map_count++;
		line = next;
	}
	if (!p->map_count)
		return no_program(p);
	return 0;
}

const struct process_map *process_map_at(const struct process *p, uint64_t addr)
{
	for (size_t i = 0; i < p->map_count; i++) {
		if (addr >= p->map[i].start && addr < p->map[i].end)
			return &p->map[i];
	}
	return NULL;
}

bool process_read(const struct process *p, uint64_t addr, void *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got =
			pread(p->memory, (char *)bytes + done, size - done, (off_t)(addr + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ESRCH;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

bool process_write(const struct process *p, uint64_t addr, const void *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t put = pwrite(p->memory, (const char *)bytes + done, size - done,
				     (off_t)(addr + done));

		if (put < 0 && errno == EINTR)
			continue;
		if (put == 0)
			errno = ESRCH;
		if (put <= 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

/* Do two processes run the same file? Those that share memory do. */
static bool same_program(pid_t a, pid_t b)
{
	CLEANUP_FREE char *path_a = xasprintf("/proc/%d/exe", a);
	CLEANUP_FREE char *path_b = xasprintf("/proc/%d/exe", b);
	struct stat x, y;

	return !stat(path_a, &x) && !stat(path_b, &y) && x.st_ino == y.st_ino &&
	       x.st_dev == y.st_dev;
}

/* Between vfork() and exec the thread that waits for the child cannot be stopped: state D. */
static int shared(struct process *p, pid_t other)
{
	if (process_status(p->pid, p->pid, "State")[0] == 'D' ||
	    process_status_number(other, other, "PPid") == p->pid)
		return outcome_busy(p->outcome,
				    "it shares its memory with its child %d (vfork, posix_spawn)",
				    other);
	return outcome_refuse(p->outcome,
			      "it shares its memory with process %d, which would run on while this "
			      "one is stopped: stop one of them",
			      other);
}

int process_refuse_shared(struct process *p)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int status = 0;

	while (proc && !status && (entry = readdir(proc))) {
		pid_t other = (pid_t)strtol(entry->d_name, NULL, 10);
		long answer;

		if (!isdigit((unsigned char)entry->d_name[0]) || other == p->pid ||
		    !same_program(p->pid, other))
			continue;
		answer = syscall(SYS_kcmp, p->pid, other, KCMP_VM, 0, 0);
		if (answer == 0)
			status = shared(p, other);
		else if (answer < 0 && errno != ESRCH)
			status = outcome_refuse(p->outcome,
						"it is not known whether process %d, which runs "
						"the same program, shares its memory: kcmp: %s",
						other, strerror(errno));
	}
	if (proc)
		closedir(proc);
	return status;
}
