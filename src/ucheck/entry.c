// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether code of the target leads into the bytes that the jump overwrites: a loop that begins with
 * the second instruction, for one. Branches to the very first byte are calls.
 */
#include <stdlib.h>

#include "same/callers.h"
#include "ucheck/check.h"

/* Bytes of a jump. */
#define JUMP 5

static void check_function(struct ucheck *c, const struct ucheck_func *f)
{
	uint64_t inside[JUMP + USER_FIRST_MAX];
	const struct ucheck_target *t = f->target;
	struct callers callers = {0};
	size_t n = 0;

	for (uint64_t i = 1; i < f->is->jump + JUMP && n < ARRAY_SIZE(inside); i++)
		inside[n++] = f->is->addr + i;
	if (callers_find(t->b->elf, t->b->arch, t->object->dwarf, inside, n, &callers))
		return;
	for (size_t i = 0; i < callers.n; i++) {
		/* Behind a landing pad is where the jump begins. */
		if (callers.c[i].to == f->is->addr + f->is->jump)
			continue;
		ucheck_bad(c,
			   "the code at 0x%llx of '%s' leads to 0x%llx, which the jump at the "
			   "beginning of '%s' overwrites: replace its callers",
			   (unsigned long long)callers.c[i].from, t->b->name,
			   (unsigned long long)callers.c[i].to, f->name);
	}
	callers_free(&callers);
}

void ucheck_entry(struct ucheck *c)
{
	for (size_t i = 0; i < c->p->func_count; i++)
		check_function(c, &c->func[i]);
	ucheck_looked(c, "%zu functions", c->p->func_count);
}
