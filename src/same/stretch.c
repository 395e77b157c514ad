// SPDX-License-Identifier: GPL-2.0-only
/* Whether two stretches of code are the same: see same/stretch.h. */
#include "same/stretch.h"

#include <stdlib.h>
#include <string.h>

#include "arch/step.h"
#include "base/util.h"
#include "klp/moves.h"
#include "operand/operand.h"
#include "same/pairs.h"
#include "same/refs.h"
#include "symbols/functions.h"

/* A branch with a distance of one byte. */
#define SHORT_BRANCH 2

/* A stretch of code that is being compared. */
struct stretch {
	const unsigned char *a, *b;
	uint64_t a_at, b_at, size; /* where they begin */
	uint64_t instruction;	   /* of a: how far its instructions have been counted */
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

/* A distance counts from the end of its instruction, where instructions have several parts. */
static unsigned int distance_tail(const struct same *s, const struct stretch *t, uint64_t i,
				  const struct arch_reloc *type)
{
	const struct arch *arch = s->a->arch;

	return arch->code.immediate ? type->size + arch->code.immediate(t->a + i, i) : 0;
}

/*
 * Completes an address of which the kernel's instruction holds a part: another instruction of the
 * stretch with the same symbol has the rest of it. False when there is none.
 */
static bool complete(const struct same *s, const struct stretch *t, const struct reloc *r,
		     struct operand *operand)
{
	const struct relocs *all = &s->a->relocs;
	uint64_t known = operand->known;
	uint32_t start = (uint32_t)t->a_at;

	for (const struct reloc *other = relocs_from(all, r->section, start);
	     known != UINT64_MAX && other && other < all->r + all->n &&
	     other->section == r->section && other->offset - start + 4 <= t->size;
	     other++) {
		uint64_t at = other->offset - start;
		struct operand rest;

		if (other->symbol != r->symbol || other->addend != r->addend ||
		    !operand_read(s->b->arch, other->type, t->b + at, t->b_at + at, &rest) ||
		    rest.known != ~known)
			continue;
		operand->to |= rest.to;
		known = UINT64_MAX;
	}
	return known == UINT64_MAX;
}

/*
 * The same where instructions name by a label which address they complete, and add to it: all that
 * do have to lead to one place.
 */
static bool complete_sum(const struct same *s, const struct stretch *t, const struct reloc *r,
			 struct operand *operand)
{
	const struct relocs *all = &s->a->relocs;
	uint32_t start = (uint32_t)t->a_at;
	struct operand rest = {.to = 0};
	bool found = false;

	for (const struct reloc *i = relocs_from(all, r->section, start);
	     i && i < all->r + all->n && i->section == r->section &&
	     i->offset - start + 4 <= t->size;
	     i++) {
		uint64_t before = rest.to, at = i->offset - start;

		if (!move_completes(s->a->elf, s->a->arch, i, r->section, r->offset))
			continue;
		if (!operand_read(s->b->arch, i->type, t->b + at, t->b_at + at, &rest) ||
		    (found && rest.to != before))
			return false;
		found = true;
	}
	operand->to += rest.to;
	return found;
}

/* What only completes an address is compared with that, which has to be in the stretch. */
static bool compare_rest(struct same *s, const struct stretch *t, uint64_t i, const struct reloc *r)
{
	const struct reloc *begun = move_begun(s->a->elf, s->a->arch, &s->a->relocs, r);

	return (begun && begun->offset - (uint32_t)t->a_at < t->size) || differ_at(s, t, i);
}

/* Is an instruction of that size the same besides the operand? */
static bool same_besides(const struct stretch *t, uint64_t i, unsigned int size,
			 const struct operand *operand)
{
	for (unsigned int k = 0; k < size; k++) {
		if ((t->a[i + k] ^ t->b[i + k]) & ~(operand->field >> 8 * k) & 0xff)
			return false;
	}
	return true;
}

/* An instruction that holds a part of an address: the rest of it has to be the same. */
static bool compare_operand(struct same *s, const struct stretch *t, uint64_t i,
			    const struct reloc *r, const struct arch_reloc *type)
{
	const struct reloc *other = code_reloc(s->b, t->b_at + i);
	struct code_ref a = code_reloc_ref(s->a, r, 0), b = {.kind = REF_UNKNOWN};
	struct operand operand;

	if (!operand_read(s->a->arch, r->type, t->b + i, t->b_at + i, &operand) ||
	    (other && other->type != r->type))
		return differ_at(s, t, i);
	if (!same_besides(t, i, type->size, &operand))
		return differ_at(s, t, i);
	if (type->label)
		return compare_rest(s, t, i, r);
	if (other)
		b = code_reloc_ref(s->b, other, 0);
	else if (s->b->linked &&
		 (operand.known ? complete(s, t, r, &operand) : complete_sum(s, t, r, &operand)))
		b = (struct code_ref){.kind = REF_PLACE, .place = operand.to, .object = operand.to};
	if (type->got && b.kind == REF_PLACE && !other)
		return same_pointer(s, &a, b.place, t->a_at + i, t->b_at + i);
	return same_ref(s, &a, &b, type->branch ? SAME_CALL : SAME_ADDRESS, t->a_at + i,
			t->b_at + i);
}

static bool compare_reloc(struct same *s, const struct stretch *t, uint64_t i,
			  const struct reloc *r, size_t *len)
{
	const struct arch_reloc *type = arch_reloc_by_type(s->a->arch, r->type);
	struct operand operand;
	struct code_ref a, b;
	unsigned int tail;

	if (!type || type->size > t->size - i)
		return differ_at(s, t, i);
	*len = type->size;
	if (operand_read(s->a->arch, r->type, t->a + i, 0, &operand))
		return compare_operand(s, t, i, r, type);
	tail = distance_tail(s, t, i, type);
	a = code_reloc_ref(s->a, r, tail);
	b = same_other_ref(s, t->b_at + i, type->size, type->relative, tail);
	return same_ref(s, &a, &b, type->relative ? SAME_CALL : SAME_ADDRESS, t->a_at + i,
			t->b_at + i);
}

/* Does an instruction begin there? Some have two bytes, some four. */
static bool begins_instruction(const struct arch *arch, struct stretch *t, uint64_t i)
{
	step_fn *read = step_of(arch);

	while (t->instruction < i) {
		size_t len = read(t->a + t->instruction, t->size - t->instruction).size;

		t->instruction += len ? len : step_align(arch);
	}
	return t->instruction == i;
}

/*
 * The same where an instruction is read as a whole: its type of relocation, 0 when there is no
 * branch out of the function without one.
 */
static uint32_t near_branch(struct same *s, struct stretch *t, uint64_t i, struct operand *operand)
{
	const struct arch *arch = s->a->arch;
	uint32_t type = t->size - i >= 4 ? operand_branch(arch, t->a + i) : 0;

	if (!type || !begins_instruction(arch, t, i) || code_reloc(s->a, t->a_at + i) ||
	    !operand_read(arch, type, t->a + i, t->a_at + i, operand) ||
	    operand->to - t->a_at < t->size || operand->to >> 32 != t->a_at >> 32)
		return 0;
	return type;
}

static bool compare_near(struct same *s, const struct stretch *t, uint64_t i, uint32_t type,
			 const struct operand *operand)
{
	struct code_ref a = {.kind = REF_PLACE, .place = operand->to, .object = operand->to}, b = a;
	struct operand other;

	if (code_reloc(s->b, t->b_at + i) || operand_branch(s->b->arch, t->b + i) != type ||
	    !operand_read(s->b->arch, type, t->b + i, t->b_at + i, &other))
		return differ_at(s, t, i);
	/* Also whether it keeps where it came from. */
	if (!same_besides(t, i, 4, operand))
		return differ_at(s, t, i);
	b.place = b.object = other.to;
	return same_ref(s, &a, &b, SAME_CALL, t->a_at + i, t->b_at + i);
}

/* One step: are the *len bytes at i the same in both? */
static bool compare_at(struct same *s, struct stretch *t, uint64_t i, size_t *len)
{
	const struct reloc *r = code_reloc(s->a, t->a_at + i);
	size_t traced = s->a->arch->ftrace.size;
	struct operand operand;
	uint32_t type;
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
	*len = 4;
	type = near_branch(s, t, i, &operand);
	if (type)
		return compare_near(s, t, i, type, &operand);
	*len = 1;
	if (t->a[i] != t->b[i] || code_reloc(s->b, t->b_at + i))
		return differ_at(s, t, i);
	return true;
}

bool same_stretch(struct same *s, uint64_t a, uint64_t b, uint64_t size)
{
	struct stretch t = {code_at(s->a, a, size), code_at(s->b, b, size), a, b, size, 0};
	size_t len = 0;

	if (!t.a || !t.b)
		return same_differ(s, a, b, xstrdup("the code is not in the file"));
	for (uint64_t i = 0; i < size; i += len) {
		if (!compare_at(s, &t, i, &len))
			return false;
	}
	return true;
}
