// SPDX-License-Identifier: GPL-2.0-only
/* Putting the image into the process: see apply/lodge.h. */
#include "apply/lodge.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "apply/hook.h"
#include "apply/inject.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000 /* <asm-generic/mman-common.h> */
#endif

static bool filtered(const struct process *p, pid_t tid)
{
	return process_status_number(p->pid, tid, "Seccomp") != 0;
}

/* How willing a thread looks: one without a filter, that waits for nothing in the kernel. */
static int rank(const struct process *p, pid_t tid)
{
	const char *state = process_status(p->pid, tid, "State");

	if (!*state || *state == 'Z' || *state == 'X')
		return -1;
	return (*state != 'D' ? 2 : 0) + !filtered(p, tid);
}

/* The thread to do it; 0: there is none. */
static pid_t choose(const struct process *p)
{
	struct dirent *entry;
	char path[64];
	pid_t best = 0;
	int best_rank = -1;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", p->pid);
	dir = opendir(path);
	while (dir && best_rank < 3 && (entry = readdir(dir))) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
		int r = isdigit((unsigned char)entry->d_name[0]) ? rank(p, tid) : -1;

		if (r > best_rank) {
			best_rank = r;
			best = tid;
		}
	}
	if (dir)
		closedir(dir);
	return best;
}

static int stop_some_thread(struct stop *s)
{
	struct process *p = s->process;
	int status;

	if (s->held)
		return s->count ? 0 : outcome_gone(p->outcome);
	do {
		pid_t tid = choose(p);

		if (!tid)
			return outcome_gone(p->outcome);
		status = stop_one(s, tid);
	} while (status == 1);
	return status;
}

/* A filter would kill the process for a system call that it does not know. */
static int lift_filter(struct stop *s, const struct stop_thread *t)
{
	if (!filtered(s->process, t->tid) || stop_suspend_seccomp(t))
		return 0;
	return outcome_refuse(s->process->outcome,
			      "its system calls are filtered (seccomp), and this filter cannot be "
			      "suspended: %s; that needs CAP_SYS_ADMIN outside of containers, and "
			      "no filter of one's own",
			      strerror(errno));
}

static int refused_map(struct process *p, const struct inject_call *c, const struct plan_map *m)
{
	if (c->result == -EEXIST || (c->result >= 0 && (uint64_t)c->result != m->addr))
		return outcome_busy(p->outcome, "the free place in its memory was taken meanwhile");
	return outcome_refuse(p->outcome, "it may not map the patch's %s: %s%s",
			      m->execute ? "code" : "data", strerror((int)-c->result),
			      m->execute && (c->result == -EACCES || c->result == -EPERM)
				      ? " (SELinux: execmem?)"
				      : "");
}

static int map_all(struct plan *plan, struct stop *s)
{
	struct inject_call call[PLAN_MAPS_MAX];

	for (size_t i = 0; i < plan->map_count; i++) {
		const struct plan_map *m = &plan->map[i];
		int protection =
			PROT_READ | (m->write ? PROT_WRITE : 0) | (m->execute ? PROT_EXEC : 0);

		call[i] = (struct inject_call){
			.number = machine_here.mmap,
			.arg = {m->addr, m->size, (uint64_t)protection,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, (uint64_t)-1, 0},
			.result = -EAGAIN,
		};
	}
	if (inject(s, &s->thread[0], plan->place, call, plan->map_count))
		return -1;
	for (size_t i = 0; i < plan->map_count; i++) {
		if (call[i].result < 0 || (uint64_t)call[i].result != plan->map[i].addr)
			return refused_map(s->process, &call[i], &plan->map[i]);
	}
	return 0;
}

static int not_written(struct stop *s)
{
	if (errno == ESRCH)
		return outcome_gone(s->process->outcome);
	return outcome_refuse(s->process->outcome, "the patch cannot be written to its memory: %s",
			      strerror(errno));
}

static int fill_all(struct plan *plan, struct stop *s)
{
	const uint64_t whole = 1;

	for (size_t i = 0; i < plan->map_count; i++) {
		const struct plan_map *m = &plan->map[i];

		if (!stop_write(s, m->addr, m->bytes, m->used))
			return not_written(s);
		hook("lodge-filled");
	}
	/* Only now is the record one. */
	if (!stop_write(s, plan->made.addr + offsetof(struct record_head, whole), &whole,
			sizeof(whole)))
		return not_written(s);
	return 0;
}

int lodge(struct plan *plan, struct stop *s)
{
	if (stop_some_thread(s) || lift_filter(s, &s->thread[0]) || map_all(plan, s) ||
	    fill_all(plan, s))
		return -1;
	hook("lodged");
	return 0;
}
