// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether callers may rely on a function's code: see binary/reach.h.
 *
 * gcc lets a function's callers know which registers its code uses, and those of what it calls in
 * turn. One call that leads to where the compiler could not look (another unit, the PLT, a pointer)
 * makes it assume all of them: gcc, final.cc, collect_fn_hard_reg_usage().
 */
#include "binary/reach.h"

#include <stdlib.h>
#include <string.h>

#include "arch/step.h"
#include "base/util.h"
#include "dwarf/producer.h"
#include "dwarf/units.h"
#include "same/callers.h"

/* No compiler's unit calls deeper than this, in functions that it does not inline. */
#define FUNCTIONS_MAX 4096

struct reach_code {
	uint64_t start, end;
};

struct reach {
	const struct binary *b;
	struct dwarf_file *d;
	step_fn *step;
	Dwarf_Off unit;
	bool whole;		 /* the compiler saw all units (-flto) */
	struct reach_code *seen; /* functions that have been looked at */
	size_t n, cap;
};

static Dwarf_Off unit_of(const struct reach *r, uint64_t addr)
{
	Dwarf_Off unit = 0;

	units_at(r->d, &addr, 1, &unit);
	return unit;
}

struct holder {
	uint64_t addr;
	struct reach_code *ret;
};

static void offer_holder(const struct ksym *sym, void *arg)
{
	struct holder *h = arg;

	if (h->addr >= sym->addr && h->addr - sym->addr < sym->size)
		*h->ret = (struct reach_code){sym->addr, sym->addr + sym->size};
}

/* The function that has a place, by the symbols. */
static bool function_at(const struct reach *r, uint64_t addr, struct reach_code *ret)
{
	struct holder h = {addr, ret};

	*ret = (struct reach_code){0, 0};
	kallsyms_each_function(r->b->debug, offer_holder, &h);
	return ret->end > 0;
}

/* Where a call or jump leads: is it to what the compiler saw? Such a function is noted. */
static bool stays(struct reach *r, uint64_t to)
{
	struct reach_code p = {0};
	Dwarf_Off unit = unit_of(r, to);

	for (size_t i = 0; i < r->n; i++) {
		if (to >= r->seen[i].start && to < r->seen[i].end)
			return true;
	}
	if (!unit || (!r->whole && unit != r->unit) || !function_at(r, to, &p))
		return false;
	GROW(r->seen, r->n, r->cap);
	r->seen[r->n++] = p;
	return true;
}

/* Does all code of one function stay? What cannot be read is taken to do that. */
static bool code_stays(struct reach *r, const struct reach_code *p)
{
	const unsigned char *code = elf_file_at(r->b->elf, p->start, p->end - p->start);
	size_t size = p->end - p->start;

	for (size_t i = 0; code && i < size;) {
		struct step step = r->step(code + i, size - i);

		if (!step.size)
			return true;
		if (step.to && !stays(r, p->start + i + step.size + (uint64_t)step.distance))
			return false;
		/* By a pointer. A jump by one is a switch, or is taken for that. */
		if (step.call && !step.to)
			return false;
		i += step.size;
	}
	return true;
}

/* Were callers told at all? */
static bool compiler_tells(struct reach *r)
{
	struct producer p;
	const char *text;
	Dwarf_Die unit;
	bool tells = true;

	if (dwarf_file_die(r->d, r->unit, &unit))
		return true;
	producer_parse(&p, die_string(unit, DW_AT_producer, &text) ? text : "");
	if (!strcmp(p.compiler, "GNU C")) {
		const char *level = producer_flag(&p, "-O"), *ra = producer_flag(&p, "-fipa-ra");

		for (size_t i = 0; i < p.n; i++) {
			if (str_starts(p.flag[i], "-O"))
				level = p.flag[i];
			r->whole |= str_starts(p.flag[i], "-flto");
		}
		tells = *level && strcmp(level, "-O0") != 0 && strcmp(ra, "-fno-ipa-ra") != 0 &&
			!*producer_flag(&p, "-flive-patching=");
	} else if (!strcmp(p.compiler, "clang")) {
		tells = false;
	}
	producer_free(&p);
	dwarf_dealloc_die(unit);
	return tells;
}

static int find_callers(const struct reach *r, uint64_t addr, struct reach_callers *ret)
{
	struct callers callers = {0};
	const struct caller *c;
	struct reach_code own = {0};
	size_t n;
	int status = callers_find(r->b->elf, r->b->arch, r->d, &addr, 1, &callers);

	if (status < 0)
		return -1;
	if (!function_at(r, addr, &own))
		own = (struct reach_code){addr, addr};
	c = callers_of(&callers, addr, &n);
	for (size_t i = 0; i < n; i++) {
		Dwarf_Off unit = unit_of(r, c[i].from);

		if ((c[i].from >= own.start && c[i].from < own.end) || !unit ||
		    (!r->whole && unit != r->unit))
			continue;
		GROW(ret->from, ret->n, ret->cap);
		ret->from[ret->n++] = c[i].from;
	}
	callers_free(&callers);
	return 0;
}

int reach_relied_on(const struct binary *b, struct dwarf_file *d, uint64_t addr, uint64_t size,
		    struct reach_callers *ret)
{
	struct reach r = {.b = b, .d = d, .step = step_of(b->arch)};
	int status = 0;

	memset(ret, 0, sizeof(*ret));
	r.unit = unit_of(&r, addr);
	if (r.unit && r.step && compiler_tells(&r)) {
		GROW(r.seen, r.n, r.cap);
		r.seen[r.n++] = (struct reach_code){addr, addr + size};
		status = 1;
		for (size_t i = 0; i < r.n && i < FUNCTIONS_MAX && status; i++) {
			struct reach_code p = r.seen[i];

			status = code_stays(&r, &p);
		}
	}
	free(r.seen);
	if (status && find_callers(&r, addr, ret)) {
		reach_free(ret);
		return -1;
	}
	return status && ret->n;
}

void reach_free(struct reach_callers *c)
{
	free(c->from);
	memset(c, 0, sizeof(*c));
}
