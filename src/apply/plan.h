/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that can be found out and computed while the process runs: whether the patch is for it, what
 * is there already, where the image goes, what its words are, which bytes are to be written when
 * everything is stopped, and where no thread may be then.
 */
#ifndef KLP_PLAN_H
#define KLP_PLAN_H

#include "apply/jumps.h"
#include "apply/objects.h"
#include "apply/stack.h"
#include "user/patch_file.h"

/* Bytes to replace at the switch, if the expected ones stand there. */
struct plan_edit {
	uint64_t at;
	size_t size;
	unsigned char expected[MACHINE_JUMP_MAX], bytes[MACHINE_JUMP_MAX];
	const char *name; /* of the function */
};

/* A mapping to make in the process. */
struct plan_map {
	uint64_t addr, size;
	bool write, execute;
	const unsigned char *bytes; /* what is to stand there, used of them; the rest is 0 */
	uint64_t used;
};

#define PLAN_MAPS_MAX (2 + USER_SEGMENTS_MAX + USER_TARGETS_MAX)

struct plan {
	struct process process;
	struct loaded_list objects;
	const struct patch_file *patch;
	const struct loaded *target[USER_TARGETS_MAX];

	struct record *record; /* those of the process */
	size_t record_count;
	struct jumps jumps; /* those that stand there */

	struct record made; /* the record to be written, if lodge */
	bool lodge;	    /* the image is not there yet */
	struct plan_map map[PLAN_MAPS_MAX];
	size_t map_count;
	unsigned char *image, *record_image;
	unsigned char *veneers[USER_TARGETS_MAX];
	uint64_t place; /* of the stub */

	struct plan_edit *edit;
	size_t edit_count;
	struct stack_range *range;
	size_t range_count;
	struct stack *stack;
};

/*
 * Does the process run something that the patch is for? Where that cannot be seen: no, and denied
 * is set if it is because it may not be looked at.
 */
bool plan_concerns(pid_t pid, const struct patch_file *patch, bool *denied);

/* Nothing to do is VERDICT_ALREADY, and 0. */
int plan_apply(struct plan *plan, pid_t pid, const struct patch_file *patch,
	       struct process_outcome *outcome);
int plan_revert(struct plan *plan, pid_t pid, const struct patch_file *patch,
		struct process_outcome *outcome);
void plan_free(struct plan *plan);

#endif
