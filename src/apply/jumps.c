// SPDX-License-Identifier: GPL-2.0-only
/* The jumps of patches in a process: see apply/jumps.h. */
#include "apply/jumps.h"

#include <stdlib.h>

#include "base/search.h"
#include "base/util.h"

static int by_place(const void *a, const void *b)
{
	const struct standing_jump *x = a, *y = b;

	return ORDER(x->at, y->at) ?: ORDER(x->record, y->record) ?: ORDER(x->func, y->func);
}

void jumps_read(const struct process *p, const struct record *list, size_t count, struct jumps *ret)
{
	size_t cap = 0, all = 0;

	*ret = (struct jumps){NULL, 0};
	for (size_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < list[i].head.funcs; k++) {
			const struct record_func *f = &list[i].func[k];

			if (record_state(p, f) != RECORD_NEW)
				continue;
			GROW(ret->jump, all, cap);
			ret->jump[all++] = (struct standing_jump){f->at, &list[i], f};
		}
	}
	if (all)
		qsort(ret->jump, all, sizeof(*ret->jump), by_place);
	for (size_t i = 0; i < all; i++) {
		if (!ret->count || ret->jump[ret->count - 1].at != ret->jump[i].at)
			ret->jump[ret->count++] = ret->jump[i];
	}
}

void jumps_free(struct jumps *j)
{
	free(j->jump);
	*j = (struct jumps){NULL, 0};
}

size_t jumps_from(const struct jumps *j, uint64_t at)
{
	return COUNT_FIRST(i, j->count, j->jump[i].at < at);
}

const struct standing_jump *jumps_at(const struct jumps *j, uint64_t at)
{
	size_t i = jumps_from(j, at);

	return i < j->count && j->jump[i].at == at ? &j->jump[i] : NULL;
}
