// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether code of the target leads into the bytes that the jump overwrites: a loop that begins with
 * the second instruction, for one. Branches to the very first byte are calls, and one behind a
 * landing pad is where the jump begins.
 */
#include "arch/step.h"
#include "same/callers.h"
#include "ucheck/check.h"

/* Bytes of a jump. */
#define JUMP 5

static void report_branch(struct ucheck *c, const struct ucheck_func *f, uint64_t from, uint64_t to)
{
	ucheck_bad(c,
		   "the code at 0x%llx of '%s' leads to 0x%llx, which the jump at the beginning of "
		   "'%s' overwrites: replace its callers",
		   (unsigned long long)from, f->target->b->name, (unsigned long long)to, f->name);
}

static uint64_t own_size(const struct ucheck *c, const struct ucheck_func *f)
{
	return c->p->range[f->is->range].size;
}

/* The function's own code is known from its first instruction on, so that short branches count. */
static void check_own(struct ucheck *c, const struct ucheck_func *f)
{
	uint64_t addr = f->is->addr, size = own_size(c, f);
	const unsigned char *code = elf_file_at(f->target->b->elf, addr, size);
	step_fn *step = step_of(f->target->b->arch);

	for (uint64_t i = 0; code && step && i < size;) {
		struct step s = step(code + i, size - i);
		uint64_t to = i + s.size + (uint64_t)s.distance;

		if (!s.size)
			break;
		if (s.to && to && to < f->is->jump + JUMP && to != f->is->jump)
			report_branch(c, f, addr + i, addr + to);
		i += s.size;
	}
}

/* Code elsewhere. */
static void check_others(struct ucheck *c, const struct ucheck_func *f)
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
		const struct caller *from = &callers.c[i];

		if (from->to != f->is->addr + f->is->jump &&
		    from->from - f->is->addr >= own_size(c, f))
			report_branch(c, f, from->from, from->to);
	}
	callers_free(&callers);
}

void ucheck_entry(struct ucheck *c)
{
	for (size_t i = 0; i < c->p->func_count; i++) {
		check_own(c, &c->func[i]);
		check_others(c, &c->func[i]);
	}
	ucheck_looked(c, "%zu functions", c->p->func_count);
}
