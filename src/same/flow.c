// SPDX-License-Identifier: GPL-2.0-only
/* Ways through code: see same/flow.h. */
#include "same/flow.h"

#include <stdlib.h>
#include <string.h>

#include "arch/step.h"
#include "base/util.h"

/* The longest instruction, or two that are one. */
#define STEP_MAX 16
/* No function of a kernel has more bytes. */
#define FUNCTION_MAX (1 << 20)

struct reader {
	struct flow *f;
	step_fn *step;
	flow_returns_fn *returns;
	void *arg;
};

void flow_add(struct flow *f, struct code *code, uint64_t start, uint64_t size)
{
	f->code = code;
	if (!size || size > FUNCTION_MAX || !code_at(code, start, size)) {
		f->unknown = true;
		return;
	}
	GROW(f->piece, f->pieces, f->pieces_cap);
	f->piece[f->pieces++] = (struct flow_piece){
		start,
		start + size,
		xcalloc(size, sizeof(size_t)),
	};
}

/* The node at a place; FLOW_NONE: there is none, or the place is outside. */
static size_t node_at(const struct flow *f, uint64_t place, bool *outside)
{
	for (size_t i = 0; i < f->pieces; i++) {
		const struct flow_piece *p = &f->piece[i];

		*outside = place < p->start || place >= p->end;
		if (!*outside)
			return p->node[place - p->start] - 1;
	}
	return FLOW_NONE;
}

static struct step step_at(const struct reader *r, const struct flow_piece *p, uint64_t place)
{
	size_t size = p->end - place < STEP_MAX ? p->end - place : STEP_MAX;
	const unsigned char *bytes = code_at(r->f->code, place, size);

	return bytes ? r->step(bytes, size) : (struct step){.size = 0};
}

static void read_nodes(struct reader *r, struct flow_piece *p)
{
	struct flow *f = r->f;

	for (uint64_t place = p->start; place < p->end;) {
		struct step s = step_at(r, p, place);

		if (!s.size) {
			f->unknown = true;
			return;
		}
		GROW(f->node, f->n, f->cap);
		f->node[f->n++] = (struct flow_node){place, {FLOW_NONE, FLOW_NONE}, s.call, {0}};
		p->node[place - p->start] = f->n;
		place += s.size;
	}
}

/* Where an instruction leads that has a distance, or a relocation for one. */
static struct code_ref target_of(const struct flow *f, uint64_t place, const struct step *s)
{
	struct code_ref ref = {.kind = REF_PLACE, .place = place + s->size + (uint64_t)s->distance};

	for (uint64_t i = 0; i < s->size; i++) {
		const struct reloc *r = code_reloc(f->code, place + i);

		if (r)
			return code_reloc_ref(f->code, r,
					      (unsigned int)f->code->arch->code.operand_ahead);
	}
	return ref;
}

/* A jump that leads nowhere in the function leads out of it. */
static void go_to(struct flow *f, struct flow_node *node, const struct code_ref *ref)
{
	bool outside = true;

	if (ref->kind == REF_PLACE)
		node->to[1] = node_at(f, ref->place, &outside);
	f->leaves |= outside;
}

static void read_ways(struct reader *r, const struct flow_piece *p)
{
	struct flow *f = r->f;

	for (uint64_t place = p->start, end; place < p->end; place = end) {
		struct flow_node *node = &f->node[p->node[place - p->start] - 1];
		struct step s = step_at(r, p, place);
		struct code_ref to = {.kind = REF_UNKNOWN};
		bool outside;

		end = place + s.size;
		if (s.to)
			to = target_of(f, place, &s);
		if (s.call)
			node->callee = to;
		else if (s.to)
			go_to(f, node, &to);
		f->leaves |= s.leaves;
		if (s.goes_on && !s.trap)
			node->to[0] = node_at(f, end, &outside);
		/* The compiler puts nothing behind a call that does not return. */
		if (s.call && (end == p->end || !r->returns(f->code, &node->callee, r->arg))) {
			f->ends = true;
			node->to[0] = FLOW_NONE;
		}
	}
}

void flow_read(struct flow *f, flow_returns_fn *returns, void *arg)
{
	struct reader r = {f, f->pieces ? step_of(f->code->arch) : NULL, returns, arg};

	f->unknown |= !r.step;
	for (size_t i = 0; i < f->pieces && !f->unknown; i++)
		read_nodes(&r, &f->piece[i]);
	for (size_t i = 0; i < f->pieces && !f->unknown; i++)
		read_ways(&r, &f->piece[i]);
}

const char *flow_callee(struct code *code, const struct code_ref *ref)
{
	const struct ksym *sym;
	struct elf_symbol undefined;

	if (ref->kind == REF_PLACE) {
		sym = code_symbol(code, ref->place);
		return sym ? sym->name : NULL;
	}
	if (ref->kind != REF_SYMBOL)
		return NULL;
	elf_file_symbol(code->elf, ref->symbol, &undefined);
	return undefined.name;
}

/*
 * Removes the nodes that nothing leads to, again and again: what is left is in a circle, or behind
 * one.
 */
bool flow_loops(const struct flow *f)
{
	size_t *ways = xcalloc(f->n + 1, sizeof(*ways)); /* that lead to each node */
	size_t *free_node = xcalloc(f->n + 1, sizeof(*free_node));
	bool *seen = xcalloc(f->n + 1, sizeof(*seen));
	size_t n = 0, all = 1;

	if (f->n)
		flow_reach(f, 0, seen);
	for (size_t i = 1; i < f->n; i++)
		all += seen[i];
	for (size_t i = 0; i < f->n; i++) {
		for (size_t k = 0; k < 2 && (!i || seen[i]); k++) {
			if (f->node[i].to[k] != FLOW_NONE)
				ways[f->node[i].to[k]]++;
		}
	}
	if (f->n && !ways[0])
		free_node[n++] = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < 2; k++) {
			size_t to = f->node[free_node[i]].to[k];

			if (to != FLOW_NONE && !--ways[to])
				free_node[n++] = to;
		}
	}
	free(ways);
	free(free_node);
	free(seen);
	return f->n && n < all;
}

void flow_reach(const struct flow *f, size_t from, bool *seen)
{
	size_t *left = xcalloc(f->n + 1, sizeof(*left)), n = 1;

	left[0] = from;
	while (n) {
		const struct flow_node *node = &f->node[left[--n]];

		for (size_t k = 0; k < 2; k++) {
			if (node->to[k] == FLOW_NONE || seen[node->to[k]])
				continue;
			seen[node->to[k]] = true;
			left[n++] = node->to[k];
		}
	}
	free(left);
}

void flow_free(struct flow *f)
{
	for (size_t i = 0; i < f->pieces; i++)
		free(f->piece[i].node);
	free(f->piece);
	free(f->node);
	memset(f, 0, sizeof(*f));
}
