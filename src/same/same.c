// SPDX-License-Identifier: GPL-2.0-only
/* Whether two functions are the same: see same/same.h. */
#include "same/same.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "same/pairs.h"
#include "same/stretch.h"
#include "same/tables.h"

static bool is_global(const struct elf_symbol *sym)
{
	return !sym->special && GELF_ST_BIND(sym->sym.st_info) != STB_LOCAL;
}

/* Matches undefined symbols of a with the global names in b; others belong to another file. */
static void find_undefined(struct same *s)
{
	struct strmap wanted = {0};
	uint64_t *place;
	bool *found;

	for (size_t i = 1; i < s->a->elf->symnum; i++) {
		struct elf_symbol sym;

		elf_file_symbol(s->a->elf, i, &sym);
		if (sym.special && sym.shndx == SHN_UNDEF && sym.name[0])
			strmap_add(&wanted, sym.name, wanted.n);
	}
	place = xcalloc(wanted.n, sizeof(*place));
	found = xcalloc(wanted.n, sizeof(*found));
	for (size_t i = 1; i < s->b->elf->symnum; i++) {
		struct elf_symbol sym;
		size_t *index;

		elf_file_symbol(s->b->elf, i, &sym);
		index = is_global(&sym) ? strmap_get(&wanted, sym.name) : NULL;
		if (!index)
			continue;
		found[*index] = true;
		place[*index] =
			s->b->linked ? sym.sym.st_value : elf_place(sym.shndx, sym.sym.st_value);
	}
	for (size_t i = 1; i < s->a->elf->symnum; i++) {
		struct elf_symbol sym;
		size_t *index;

		elf_file_symbol(s->a->elf, i, &sym);
		index = sym.special && sym.shndx == SHN_UNDEF ? strmap_get(&wanted, sym.name)
							      : NULL;
		if (index && found[*index])
			same_is(s, i, place[*index]);
		else if (index)
			same_is_named(s, i, sym.name);
	}
	free(place);
	free(found);
	strmap_free(&wanted);
}

void same_begin(struct same *s, struct code *a, struct code *b, bool by_name,
		const struct code_tables *tables)
{
	memset(s, 0, sizeof(*s));
	s->a = a;
	s->b = b;
	s->by_name = by_name;
	s->tables = tables;
	s->symbol = xcalloc(a->elf->symnum, sizeof(*s->symbol));
	find_undefined(s);
}

void same_end(struct same *s)
{
	free(s->symbol);
	free(s->pair);
	free(s->what);
	memset(s, 0, sizeof(*s));
}

void same_is(struct same *s, size_t symbol, uint64_t place)
{
	s->symbol[symbol] = (struct same_symbol){.placed = true, .place = place};
}

void same_is_named(struct same *s, size_t symbol, const char *name)
{
	s->symbol[symbol] = (struct same_symbol){.name = name};
}

static bool compare_pair(struct same *s, struct same_pair p)
{
	uint64_t a_size = p.a_size - p.a_skip, b_size = p.b_size - p.b_skip;
	uint64_t size = a_size < b_size ? a_size : b_size;

	if (!same_stretch(s, p.a + p.a_skip, p.b + p.b_skip, size))
		return false;
	if (a_size != b_size)
		return same_differ(s, p.a + p.a_skip + size, p.b + p.b_skip + size,
				   xasprintf("%llu bytes compiled, %llu in the kernel",
					     (unsigned long long)p.a_size,
					     (unsigned long long)p.b_size));
	return same_tables(s, &p);
}

bool same_function(struct same *s, uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	bool same = true;

	free(s->what);
	s->what = NULL;
	s->unknown = NULL;
	s->pairs = 0;
	s->references = 0;
	same_pair_add(s, a, a_size, b, b_size);
	/* Comparing one may add others. */
	for (size_t i = 0; i < s->pairs && same; i++)
		same = compare_pair(s, s->pair[i]);
	return same;
}
