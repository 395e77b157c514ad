/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process as /proc shows it: its memory, its mappings, what stands in its status. Nothing here
 * stops it, so everything may have changed a moment later.
 */
#ifndef KLP_PROCESS_H
#define KLP_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "apply/outcome.h"

struct process_map {
	uint64_t start, end, offset;
	uint64_t device, inode; /* inode 0: no file */
	bool read, write, execute;
	const char *path; /* "" or what the kernel calls it */
};

struct process {
	pid_t pid;
	pid_t via; /* a thread that lives: /proc has nothing for a first thread that has ended */
	/*
	 * /proc/PID/mem. It belongs to the address space: when the process executes another
	 * program or its number passes to another one, this file has nothing any more.
	 */
	int memory;
	struct process_outcome *outcome;
	char command[32]; /* for messages */
	char *maps_text;
	struct process_map *map;
	size_t map_count;
};

/* Opens its memory. -1 with the outcome, also for a kernel thread or a zombie. */
int process_open(struct process *p, pid_t pid, struct process_outcome *outcome);
void process_close(struct process *p);

/* Reads (again) what is mapped where. */
int process_read_maps(struct process *p);

/* The mapping that has an address, or NULL. */
const struct process_map *process_map_at(const struct process *p, uint64_t addr);

/* All bytes, or false with errno: ESRCH if the address space is gone. */
bool process_read(const struct process *p, uint64_t addr, void *bytes, size_t size);

/*
 * Also into memory that the process may not write to, if the kernel allows that. All bytes, or
 * false with errno: ESRCH if the address space is gone.
 */
bool process_write(const struct process *p, uint64_t addr, const void *bytes, size_t size);

/* The file /proc/PID/NAME as text of its own, or NULL with errno. */
char *process_file(pid_t pid, const char *name);

/*
 * A line of a task's status ("State", "TracerPid"), without its name: in a static buffer, "" if it
 * is not there.
 */
const char *process_status(pid_t pid, pid_t tid, const char *key);

/* The number that stands there, 0 if none does. */
long process_status_number(pid_t pid, pid_t tid, const char *key);

/* Has the task ended, be it that nobody has asked for its status yet? */
bool process_task_ended(pid_t pid, pid_t tid);

/* The outcome when the kernel denies ptrace or /proc/PID/mem; returns -1. */
int process_denied(struct process *p);

/*
 * Refuses a process that another one shares its memory with: that one would run while this one is
 * stopped (clone() with CLONE_VM, without CLONE_THREAD).
 */
int process_refuse_shared(struct process *p);

#endif
