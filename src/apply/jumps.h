/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The jumps of patches that stand in a process, by their places: each record says where its own
 * would be, and one reading of these places tells which are there. A process may make up a hundred
 * thousand, so nobody else looks for them one by one.
 */
#ifndef KLP_JUMPS_H
#define KLP_JUMPS_H

#include "apply/record.h"

struct standing_jump {
	uint64_t at;
	const struct record *record;
	const struct record_func *func;
};

/* Sorted, and one for each place. */
struct jumps {
	struct standing_jump *jump;
	size_t count;
};

/* Of these records, which have to stay where they are. */
void jumps_read(const struct process *p, const struct record *list, size_t count,
		struct jumps *ret);
void jumps_free(struct jumps *j);

/* The one at a place, or NULL. */
const struct standing_jump *jumps_at(const struct jumps *j, uint64_t at);

/* The number of the first at or behind a place. */
size_t jumps_from(const struct jumps *j, uint64_t at);

#endif
