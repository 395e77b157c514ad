// SPDX-License-Identifier: GPL-2.0-only
/* Copies whose code is the kernel's: see check/effect/helpers.h. */
#include <stdlib.h>

#include "check/effect/helpers.h"
#include "check/same.h"

/* The addresses of a function's code, by its unit: several where the compiler has made clones. */
static size_t places(const struct types *types, size_t entry, uint64_t *ret, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < types->declared_n && n < max; i++) {
		const struct declared *d = &types->declared[i];

		if (d->type == entry && d->function && d->placed)
			ret[n++] = d->addr;
	}
	return n;
}

/*
 * Finds, in the file that has the code, the function that is at this address in the debug file; or
 * NULL.
 */
static const struct ksym *kernel_symbol(const struct copy *copy, struct counterpart *p, uint64_t at)
{
	return elf_file_same_place(copy->home->object->elf, at, p->o->elf, &at)
		       ? code_symbol(&p->code, at)
		       : NULL;
}

static struct counterpart *counterpart_of(struct check *c, struct comparison *with,
					  const struct copy *copy)
{
	const struct object *o = copy->home->object;
	const struct object *loaded = check_object(c, o->module ? o->name : NULL);

	return loaded ? comparison_with(c, with, loaded) : NULL;
}

#define CLONES_MAX 4

/* Is any of the patch's code for the function the same as any of the kernel's? */
static bool same_code(struct check *c, struct comparison *with, const struct helper *h,
		      const struct same_pair *known, size_t knowns)
{
	const struct copy *copy = h->copy;
	uint64_t own[CLONES_MAX], old[CLONES_MAX];
	size_t n = places(&copy->unit->types, copy->entry, own, CLONES_MAX);
	size_t m = places(&copy->home->types, copy->kernel, old, CLONES_MAX);
	struct counterpart *p = n && m ? counterpart_of(c, with, copy) : NULL;
	bool same = false;

	for (size_t i = 0; p && i < n && !same; i++) {
		const struct ksym *a = code_symbol(&with->patch, own[i]);

		for (size_t k = 0; a && k < m && !same; k++) {
			const struct ksym *b = kernel_symbol(copy, p, old[k]);

			if (!b || !a->size || !b->size || !code_at(&p->code, b->addr, b->size))
				continue;
			p->same.known = known;
			p->same.knowns = knowns;
			same = same_function(&p->same, a->addr, a->size, b->addr, b->size);
		}
	}
	return same;
}

/*
 * Pairs of functions that count as the same in calls: each function of the patch that copies or
 * replaces one of the kernel's. Each of these pairs is compared by itself, or is replaced on
 * purpose.
 */
static size_t known_pairs(struct helpers *all, struct comparison *with, const struct copy *for_copy,
			  struct same_pair *ret)
{
	struct counterpart *p = counterpart_of(all->t->c, with, for_copy);
	size_t n = 0;

	for (size_t i = 0; p && i < all->copies->n; i++) {
		const struct copy *copy = &all->copies->c[i];
		uint64_t own, old;
		const struct ksym *b;

		if (copy == for_copy || copy->home->object != for_copy->home->object ||
		    !places(&copy->unit->types, copy->entry, &own, 1) ||
		    !places(&copy->home->types, copy->kernel, &old, 1) ||
		    !code_symbol(&with->patch, own))
			continue;
		b = kernel_symbol(copy, p, old);
		if (b)
			ret[n++] = (struct same_pair){
				code_symbol(&with->patch, own)->addr, b->addr, 0, 0, 0, 0};
	}
	return n;
}

void helpers_by_code(struct helpers *all)
{
	struct comparison *with = check_comparison(all->t->c);
	struct same_pair *known = xcalloc(all->copies->n + 1, sizeof(*known));

	for (size_t i = 0; with && i < all->n; i++) {
		struct helper *h = &all->h[i];
		/*
		 * With these, variables within functions may differ as well: they have a check of
		 * their own.
		 */
		size_t n = known_pairs(all, with, h->copy, known);

		if (h->verdict == HELPER_UNCLEAR && same_code(all->t->c, with, h, known, n))
			h->verdict = HELPER_CODE;
	}
	for (size_t i = 0; with && i < with->n; i++)
		with->with[i]->same.knowns = 0;
	free(known);
}
