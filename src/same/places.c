// SPDX-License-Identifier: GPL-2.0-only
/* Places that are looked for: see same/places.h. */
#include "same/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"

void places_begin(struct places *p, const struct elf_file *elf, struct dwarf_file *d,
		  const uint64_t *to, size_t n, struct callers *ret)
{
	memset(p, 0, sizeof(*p));
	memset(ret, 0, sizeof(*ret));
	p->elf = elf;
	p->d = d;
	p->ret = ret;
	p->to = xcalloc(n, sizeof(*p->to));
	for (size_t i = 0; i < n; i++) {
		uint64_t place;

		if (!elf_file_same_place(d->elf, to[i], elf, &place))
			continue;
		p->to[p->n++] = place;
		p->low[(uint16_t)place / 8] |= (uint8_t)(1 << place % 8);
	}
	qsort(p->to, p->n, sizeof(*p->to), order_u64);
	p->span = p->n ? p->to[p->n - 1] - p->to[0] : 0;
}

bool places_have_exactly(const struct places *p, uint64_t addr)
{
	return bsearch(&addr, p->to, p->n, sizeof(addr), order_u64);
}

void places_add(struct places *p, uint64_t to, uint64_t from)
{
	if (!elf_file_same_place(p->elf, from, p->d->elf, &from) ||
	    !elf_file_same_place(p->elf, to, p->d->elf, &to))
		return;
	GROW(p->ret->c, p->ret->n, p->ret->cap);
	p->ret->c[p->ret->n++] = (struct caller){to, from};
}

static int by_place(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	return ORDER(x->to, y->to) ?: ORDER(x->from, y->from);
}

void places_end(struct places *p)
{
	if (p->ret->n)
		qsort(p->ret->c, p->ret->n, sizeof(*p->ret->c), by_place);
	free(p->to);
}
