// SPDX-License-Identifier: GPL-2.0-only
/* Whether two functions are the same: see same.h. What they refer to is same_refs.c's business. */
#include "same.h"

#include <stdlib.h>
#include <string.h>

#include "functions.h"
#include "same_refs.h"
#include "util.h"

/* Functions that one leads to: a patch's own, and those that they call in turn. */
#define PAIRS_MAX 256

/* A branch with a distance of one byte. */
#define SHORT_BRANCH 2

static bool is_global(const struct elf_symbol *sym)
{
	return !sym->special && GELF_ST_BIND(sym->sym.st_info) != STB_LOCAL;
}

/* Undefined symbols of a by the names that are global in b; else they are somebody else's. */
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

bool same_differ(struct same *s, uint64_t a, uint64_t b, char *what)
{
	free(s->what);
	s->what = what;
	s->a_at = a;
	s->b_at = b;
	return false;
}

/* The landing instruction that a function begins with: how long it is, 0 where there is none. */
static uint64_t landing_size(const struct code *c, uint64_t place, uint64_t size)
{
	size_t len = c->arch->landing ? strlen(c->arch->landing) : 0;
	const unsigned char *bytes = len && len <= size ? code_at(c, place, len) : NULL;

	return bytes && !memcmp(bytes, c->arch->landing, len) ? len : 0;
}

bool same_pair_add(struct same *s, uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	uint64_t a_landing = landing_size(s->a, a, a_size);
	uint64_t b_landing = landing_size(s->b, b, b_size);

	for (size_t i = 0; i < s->pairs; i++) {
		if (s->pair[i].a == a)
			return s->pair[i].b == b;
	}
	if (s->pairs == PAIRS_MAX)
		return false;
	GROW(s->pair, s->pairs, s->pairs_cap);
	s->pair[s->pairs++] = (struct same_pair){a,
						 b,
						 a_size,
						 b_size,
						 .a_skip = b_landing ? 0 : a_landing,
						 .b_skip = a_landing ? 0 : b_landing};
	return true;
}

/* A stretch of code that is being compared. */
struct stretch {
	const unsigned char *a, *b;
	uint64_t a_at, b_at, size; /* where they begin */
};

static bool differ_at(struct same *s, const struct stretch *t, uint64_t i)
{
	return same_differ(s, t->a_at + i, t->b_at + i, xstrdup("other bytes"));
}

static bool is_jump_label(struct same *s, struct code *c, uint64_t place)
{
	struct code_entries e;

	if (!s->tables)
		return false;
	e = code_table_entries(s->tables, TABLE_JUMP, c, place, 1);
	free(e.place);
	return e.n > 0;
}

/*
 * A jump label as the compiler leaves it is a jump; objtool makes an instruction of it that does
 * nothing, as long. Returns the length, 0 when it is nothing of this kind.
 */
static size_t jump_label(struct same *s, const struct stretch *t, uint64_t i)
{
	const struct arch *arch = s->a->arch;
	const unsigned char *nop;
	int64_t distance;
	size_t len;

	if (!arch->branch || !arch->nop || t->a[i] == t->b[i])
		return 0;
	len = arch->branch(t->a + i, t->size - i, &distance);
	nop = arch->nop(len);
	if (!nop || memcmp(t->b + i, nop, len) != 0 || !is_jump_label(s, s->a, t->a_at + i) ||
	    !is_jump_label(s, s->b, t->b_at + i))
		return 0;
	return len;
}

static bool is_relocated(const struct code *c, uint64_t place, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (code_reloc(c, place + i))
			return true;
	}
	return false;
}

/*
 * A branch out of the function that needs no relocation, as both ends are in one section: its
 * length, 0 when there is none. The bytes are not decoded. What looks like a branch to the very
 * beginning of a function, or into the part that was split from one, is taken for one.
 */
static size_t branch_out(struct same *s, const struct stretch *t, uint64_t i, uint64_t *to)
{
	const struct ksym *sym;
	int64_t distance;
	size_t len;

	if (!s->a->arch->branch)
		return 0;
	len = s->a->arch->branch(t->a + i, t->size - i, &distance);
	*to = t->a_at + i + len + (uint64_t)distance;
	if (!len || *to - t->a_at < t->size || *to >> 32 != t->a_at >> 32 ||
	    is_relocated(s->a, t->a_at + i, len))
		return 0;
	sym = code_symbol(s->a, *to);
	return sym && (sym->addr == *to || function_is_cold(sym->name)) ? len : 0;
}

static bool compare_branch(struct same *s, const struct stretch *t, uint64_t i, size_t len,
			   uint64_t to)
{
	unsigned int size = len == SHORT_BRANCH ? 1 : 4;
	struct code_ref a = {.kind = REF_PLACE, .place = to, .object = to}, b;
	uint64_t at = i + len - size;

	if (memcmp(t->a + i, t->b + i, len - size) != 0)
		return differ_at(s, t, i);
	b = same_other_ref(s, t->b_at + at, size, true, size);
	return same_ref(s, &a, &b, SAME_CALL, t->a_at + at, t->b_at + at);
}

/* A distance counts from the end of its instruction. */
static unsigned int distance_tail(const struct same *s, const struct stretch *t, uint64_t i,
				  const struct arch_reloc *type)
{
	const struct arch *arch = s->a->arch;

	return type->size + (arch->immediate ? arch->immediate(t->a + i, i) : 0);
}

static bool compare_reloc(struct same *s, const struct stretch *t, uint64_t i,
			  const struct reloc *r, size_t *len)
{
	const struct arch_reloc *type = arch_reloc_by_type(s->a->arch, r->type);
	struct code_ref a, b;
	unsigned int tail;

	if (!type || type->size > t->size - i)
		return differ_at(s, t, i);
	*len = type->size;
	tail = distance_tail(s, t, i, type);
	a = code_reloc_ref(s->a, r, tail);
	b = same_other_ref(s, t->b_at + i, type->size, type->relative, tail);
	return same_ref(s, &a, &b, type->relative ? SAME_CALL : SAME_ADDRESS, t->a_at + i,
			t->b_at + i);
}

/* One step: what is at i is the same in both, and *len bytes long. */
static bool compare_at(struct same *s, const struct stretch *t, uint64_t i, size_t *len)
{
	const struct reloc *r = code_reloc(s->a, t->a_at + i);
	size_t traced = s->a->arch->traced_size;
	uint64_t to;

	if (traced && traced <= t->size - i && code_is_traced(s->a, t->a_at + i) &&
	    code_is_traced(s->b, t->b_at + i)) {
		*len = traced;
		return true;
	}
	if (r)
		return compare_reloc(s, t, i, r, len);
	*len = jump_label(s, t, i);
	if (*len)
		return true;
	*len = branch_out(s, t, i, &to);
	if (*len)
		return compare_branch(s, t, i, *len, to);
	*len = 1;
	if (t->a[i] != t->b[i] || code_reloc(s->b, t->b_at + i))
		return differ_at(s, t, i);
	return true;
}

bool same_stretch(struct same *s, uint64_t a, uint64_t b, uint64_t size)
{
	struct stretch t = {code_at(s->a, a, size), code_at(s->b, b, size), a, b, size};
	size_t len;

	if (!t.a || !t.b)
		return same_differ(s, a, b, xstrdup("the code is not in the file"));
	for (uint64_t i = 0; i < size; i += len) {
		if (!compare_at(s, &t, i, &len))
			return false;
	}
	return true;
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
