// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stacks that no thread runs on: a suspended coroutine may be in the old function, and nobody who
 * looks at threads sees it.
 */
#include <string.h>

#include "ucheck/check.h"

void ucheck_coroutine(struct ucheck *c)
{
	static const char *const switches[] = {"swapcontext", "makecontext"};
	const struct binaries *all = c->objects.all;

	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < all->b[i]->symbols; k++) {
			const struct dynamic_symbol *s = &all->b[i]->symbol[k];

			for (size_t w = 0; w < ARRAY_SIZE(switches); w++) {
				if (!s->defined && !strcmp(s->name, switches[w]))
					ucheck_bad(c,
						   "'%s' uses %s(): a coroutine that waits may be "
						   "in a function that is replaced, and goes on "
						   "in the old code",
						   all->b[i]->name, s->name);
			}
		}
	}
	ucheck_looked(c, "%zu files", all->n);
}
