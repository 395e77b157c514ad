// SPDX-License-Identifier: GPL-2.0-only
/* Whether the tables about two functions say the same of them: see same/tables.h. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "same/difference.h"
#include "same/pairs.h"
#include "same/refs.h"
#include "same/stretch.h"
#include "same/tables.h"

/* Where in its function the code is that an entry is about. */
static uint64_t offset_of(struct code *c, uint64_t entry, uint64_t from)
{
	return code_entry_about(c, entry).place - from;
}

/* How many entries before number i are about the same code. */
static size_t rank(struct code *c, const struct code_entries *e, size_t i)
{
	uint64_t about = code_entry_about(c, e->place[i]).place;
	size_t n = 0;

	for (size_t k = 0; k < i; k++)
		n += code_entry_about(c, e->place[k]).place == about;
	return n;
}

/*
 * The entry of b that corresponds to entry number i of a: the same offset in its function, and the
 * same rank there.
 */
static bool find_partner(struct same *s, const struct same_pair *p, const struct code_entries *a,
			 size_t i, const struct code_entries *b, uint64_t *ret)
{
	uint64_t offset = offset_of(s->a, a->place[i], p->a + p->a_skip);
	size_t nth = rank(s->a, a, i);

	for (size_t k = 0; k < b->n; k++) {
		if (offset_of(s->b, b->place[k], p->b + p->b_skip) != offset || nth--)
			continue;
		*ret = b->place[k];
		return true;
	}
	return false;
}

struct entry {
	const struct code_table *table;
	const char *name;
	uint64_t a, b;
};

static bool differ(struct same *s, const struct entry *e)
{
	return same_differ(s, code_entry_about(s->a, e->a).place,
			   code_entry_about(s->b, e->b).place,
			   xasprintf("its entry in '%s' is another", e->name));
}

/* Where a member of b's entry leads. */
static struct code_ref other_ref(struct same *s, uint64_t place, size_t size, bool relative)
{
	struct difference d = difference_at(s->b, place);

	return d.relative && relative && d.size == size
		       ? d.to
		       : same_other_ref(s, place, size, relative, 0);
}

/* The code that an alternative is replaced with. */
static bool compare_replacement(struct same *s, const struct entry *e)
{
	uint64_t at = e->a + e->table->replacement, length;
	const struct reloc *r = code_reloc(s->a, at);
	struct difference d = difference_at(s->a, at);
	struct code_ref a, b;

	if (!r || !table_number_at(s->a, e->a + e->table->length, e->table->length_size, &length))
		return differ(s, e);
	if (!length && !e->table->callback)
		return true;
	a = d.relative ? d.to : code_reloc_ref(s->a, r, 0);
	b = other_ref(s, e->b + e->table->replacement, 4, true);
	if (!length)
		return same_ref(s, &a, &b, SAME_DATA, code_entry_about(s->a, e->a).place,
				code_entry_about(s->b, e->b).place);
	if (a.kind != REF_PLACE || b.kind != REF_PLACE)
		return differ(s, e);
	return same_stretch(s, a.place, b.place, length);
}

/* Compares one member, or one byte between members: returns how long it is, 0 when it differs. */
static size_t compare_member(struct same *s, const struct entry *e, size_t i)
{
	const struct reloc *r = code_reloc(s->a, e->a + i);
	const struct arch_reloc *type = r ? arch_reloc_by_type(s->a->arch, r->type) : NULL;
	const unsigned char *a = code_at(s->a, e->a + i, 1), *b = code_at(s->b, e->b + i, 1);
	struct difference d = difference_at(s->a, e->a + i);
	struct code_ref is, was;
	uint64_t number;
	size_t size;

	if (e->table->line && i == e->table->line)
		return 2;
	if (!r)
		return a && b && *a == *b && !code_reloc(s->b, e->b + i);
	size = d.size ? d.size : type ? type->size : 0;
	if ((e->table->file && i == e->table->file) ||
	    (e->table->replacement && i == e->table->replacement))
		return size;
	if (d.number)
		return table_number_at(s->b, e->b + i, size, &number) && number == d.value ? size
											   : 0;
	if (!size || (d.size && !d.relative))
		return 0;
	is = d.size ? d.to : code_reloc_ref(s->a, r, 0);
	was = other_ref(s, e->b + i, size, d.size || type->relative);
	return same_ref(s, &is, &was, SAME_DATA, code_entry_about(s->a, e->a).place,
			code_entry_about(s->b, e->b).place)
		       ? size
		       : 0;
}

static bool compare_entry(struct same *s, const struct entry *e)
{
	size_t len;

	for (size_t i = 0; i < e->table->size; i += len) {
		len = compare_member(s, e, i);
		if (!len)
			return s->what ? false : differ(s, e);
	}
	return !e->table->replacement || compare_replacement(s, e);
}

static bool compare_entries(struct same *s, const struct same_pair *p, size_t table,
			    const struct code_entries *a, const struct code_entries *b)
{
	struct entry e = {.table = &s->tables->t[table], .name = code_table_name(s->tables, table)};

	if (a->n != b->n)
		return same_differ(
			s, p->a, p->b,
			xasprintf("%zu entries in '%s' are about it, of the kernel's %zu", a->n,
				  e.name, b->n));
	for (size_t i = 0; i < a->n; i++) {
		e.a = e.b = a->place[i];
		if (!find_partner(s, p, a, i, b, &e.b))
			return same_differ(s, code_entry_about(s->a, e.a).place, p->b,
					   xasprintf("an entry in '%s' is about it, of the "
						     "kernel's none",
						     e.name));
		if (!compare_entry(s, &e))
			return false;
	}
	return true;
}

bool same_tables(struct same *s, const struct same_pair *p)
{
	static const struct code_tables none;
	const struct code_tables *tables = s->tables ? s->tables : &none;
	bool same = true;

	for (size_t i = 0; i < TABLES && same; i++) {
		struct code_entries a = code_table_entries(tables, i, s->a, p->a, p->a_size);
		struct code_entries b = code_table_entries(tables, i, s->b, p->b, p->b_size);

		if (a.unknown || b.unknown) {
			s->unknown = code_table_name(tables, i);
			same = false;
		} else {
			same = compare_entries(s, p, i, &a, &b);
		}
		free(a.place);
		free(b.place);
	}
	return same;
}
