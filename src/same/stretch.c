// SPDX-License-Identifier: GPL-2.0-only
/* Whether two stretches of code are the same: see same/stretch.h. */
#include "same/stretch.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "same/pairs.h"
#include "same/refs.h"
#include "symbols/functions.h"

/* A branch with a distance of one byte. */
#define SHORT_BRANCH 2

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

	if (!arch->code.branch || !arch->code.nop || t->a[i] == t->b[i])
		return 0;
	len = arch->code.branch(t->a + i, t->size - i, &distance);
	nop = arch->code.nop(len);
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

	if (!s->a->arch->code.branch)
		return 0;
	len = s->a->arch->code.branch(t->a + i, t->size - i, &distance);
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

	return type->size + (arch->code.immediate ? arch->code.immediate(t->a + i, i) : 0);
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

/* One step: are the *len bytes at i the same in both? */
static bool compare_at(struct same *s, const struct stretch *t, uint64_t i, size_t *len)
{
	const struct reloc *r = code_reloc(s->a, t->a_at + i);
	size_t traced = s->a->arch->ftrace.size;
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
	size_t len = 0;

	if (!t.a || !t.b)
		return same_differ(s, a, b, xstrdup("the code is not in the file"));
	for (uint64_t i = 0; i < size; i += len) {
		if (!compare_at(s, &t, i, &len))
			return false;
	}
	return true;
}
