/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record: what was done to a process, kept in its own memory, before the image of the patch.
 * There is no other state anywhere: a child has it by fork(), and it is gone when the process is.
 * Which functions are switched it does not say: that is what stands at their entries.
 *
 * The process may write to it, so nothing in it is believed. What is written because of it is
 * written to the same process.
 */
#ifndef KLP_RECORD_H
#define KLP_RECORD_H

#include "apply/machine.h"
#include "apply/process.h"
#include "user/format.h"

#define RECORD_MAGIC "klpmake record 1"
#define RECORD_NAME_MAX 64
#define RECORD_MAX (4u << 20)

/* All of it as it stands in memory: head, targets, functions. */
struct record_head {
	char magic[16];
	uint64_t size;	/* of the record, in whole pages */
	uint64_t whole; /* 1: it was written to the end, and so was the image */
	uint64_t image, image_size;
	uint32_t version;
	uint32_t targets, funcs, id_size;
	uint8_t id[USER_ID_MAX];
	char name[RECORD_NAME_MAX];
};

struct record_target {
	uint64_t low, high;		/* where it is loaded */
	uint64_t veneers, veneers_size; /* 0: the image itself is within reach */
	uint32_t kind, id_size;
	uint8_t id[USER_ID_MAX];
	char name[RECORD_NAME_MAX];
};

struct record_func {
	uint64_t addr; /* of the old function */
	uint64_t at;   /* of the jump */
	uint64_t entry;
	uint32_t target, size; /* of the jump */
	unsigned char old[MACHINE_JUMP_MAX], jump[MACHINE_JUMP_MAX];
	char name[RECORD_NAME_MAX];
};

struct record {
	uint64_t addr; /* where the record is */
	struct record_head head;
	struct record_target *target;
	struct record_func *func;
};

enum record_state { RECORD_OLD, RECORD_NEW, RECORD_FOREIGN, RECORD_UNMAPPED };

/* Room that a record of so many needs, in whole pages. */
uint64_t record_size(size_t targets, size_t funcs);

/* Its bytes (head.size of them), to be freed. */
unsigned char *record_bytes(const struct record *r);

/* All that the process has; those that are not whole or not sane are left out. */
void record_list(const struct process *p, struct record **ret, size_t *count);
void record_list_free(struct record *list, size_t count);
void record_free(struct record *r);

/* What stands at the function's entry. */
enum record_state record_state(const struct process *p, const struct record_func *f);

/* How many of its functions are in a state. */
size_t record_count(const struct process *p, const struct record *r, enum record_state state);

/* Copies a name, shortened if it is too long. */
void record_name(char *out, const char *name);

#endif
