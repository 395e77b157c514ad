// SPDX-License-Identifier: GPL-2.0-only
/* Where members come to lie: see dwarf/type_places.h. */
#include "dwarf/type_places.h"

#define DEPTH_MAX 16

/* No member of the kernel's is aligned to more. */
#define ALIGN_MAX 4096

/* More than this between two members is not padding. */
#define GAP_MAX 4096

static uint64_t alignment(const struct types *t, size_t i, unsigned int depth)
{
	uint64_t most = 1;

	i = type_strip(t, i);
	if (depth == DEPTH_MAX)
		return 1;
	if (t->t[i].tag == DW_TAG_array_type)
		return alignment(t, t->t[i].type, depth + 1);
	if (t->t[i].tag != DW_TAG_structure_type && t->t[i].tag != DW_TAG_union_type)
		return t->t[i].size && t->t[i].size <= 16 ? t->t[i].size : 1;
	if (t->t[i].align)
		return t->t[i].align;
	for (size_t m = t->t[i].part; m; m = t->t[m].next) {
		uint64_t one =
			t->t[m].tag == DW_TAG_member ? alignment(t, t->t[m].type, depth + 1) : 1;

		/* A packed structure is aligned to a byte. */
		if (t->t[m].tag == DW_TAG_member && !t->t[m].bits && t->t[m].value % (8 * one))
			return 1;
		most = one > most ? one : most;
	}
	return most;
}

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return to ? (n + to - 1) / to * to : n;
}

bool type_is_packed(const struct types *t, size_t type)
{
	uint64_t most = 1;

	for (size_t m = t->t[type].part; m; m = t->t[m].next) {
		uint64_t one;

		if (t->t[m].tag != DW_TAG_member)
			continue;
		one = alignment(t, t->t[m].type, 0);
		if (!t->t[m].bits && t->t[m].value % (8 * one))
			return true;
		most = one > most ? one : most;
	}
	/* Or it ends where the next one in an array would be wrong. */
	return t->t[type].size % most != 0;
}

void type_places_begin(struct type_places *p, const struct types *t, size_t type)
{
	*p = (struct type_places){
		.t = t,
		.type = type,
		.unite = t->t[type].tag != DW_TAG_structure_type,
		.packed = t->t[type].tag == DW_TAG_structure_type && type_is_packed(t, type),
	};
}

/* Where the compiler would put it. */
static uint64_t natural(const struct type_places *p, size_t member)
{
	const struct type *m = &p->t->t[member];
	uint64_t unit = 8 * type_size(p->t, m->type);

	if (p->packed)
		return m->bits ? p->end : round_up(p->end, 8);
	if (!m->bits)
		return round_up(p->end, 8 * alignment(p->t, m->type, 0));
	/* A bit-field does not go over the end of what its type would fill. */
	return unit && p->end / unit != (p->end + m->bits - 1) / unit ? round_up(p->end, unit)
								      : p->end;
}

/* What an aligned() has to say for a member to come there; 0: nothing, as the whole would grow. */
static unsigned int aligned(const struct type_places *p, uint64_t value)
{
	for (unsigned int a = 1; a <= ALIGN_MAX; a *= 2) {
		if (round_up(p->end, 8 * (uint64_t)a) == value)
			return p->t->t[p->type].size % a ? 0 : a;
	}
	return 0;
}

struct type_place type_places_next(struct type_places *p, size_t member)
{
	const struct type *m = &p->t->t[member];
	struct type_place at = {0};
	uint64_t expected = natural(p, member);

	if (!p->unite && m->value > expected && !m->bits && !p->packed)
		at.align = aligned(p, m->value);
	if (!p->unite && m->value > expected && !at.align && m->value - p->end <= GAP_MAX) {
		at.from = p->end;
		at.gap = (unsigned int)(m->value - p->end);
	}
	if (at.align > p->align)
		p->align = at.align;
	p->end = m->value + (m->bits ? m->bits : 8 * type_size(p->t, m->type));
	return at;
}

unsigned int type_places_align(const struct type_places *p)
{
	const struct type *is = &p->t->t[p->type];
	uint64_t end = (p->end + 7) / 8, most = alignment(p->t, p->type, 0);

	most = p->align > most ? p->align : most;
	if (is->align)
		return (unsigned int)is->align;
	if (p->unite || p->packed || round_up(end, most) == is->size)
		return 0;
	/* A member that is aligned to more aligns the whole, and so lengthens it. */
	for (unsigned int a = 2; a <= ALIGN_MAX; a *= 2) {
		if (round_up(end, a) == is->size)
			return a;
	}
	return 0;
}
