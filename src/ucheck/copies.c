// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code of a replaced function that is not under its symbol: inlined into others, or a clone that
 * the compiler made for some callers. There the old code runs on.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "dwarf/reduced.h"
#include "image/inlined_list.h"
#include "ucheck/check.h"

struct copy_search {
	struct ucheck *c;
	const struct ucheck_func *f;
	struct functions functions;
};

static bool is_uncovered(const struct inlined_place *p, const struct ksym *in, void *arg)
{
	const struct copy_search *all = arg;

	(void)p;
	return !in || !ucheck_replaced(all->c, all->f->target, in->addr);
}

/* Is it the function's own code? */
static bool is_itself(const struct ucheck_func *f, const struct patch_file *p,
		      const struct inlined_place *place)
{
	for (size_t i = 0; i < place->parts; i++) {
		for (uint32_t k = 0; k < f->is->range_count; k++) {
			const struct user_range *r = &p->range[f->is->range + k];

			if (place->code[i] >= r->addr && place->code[i] - r->addr < r->size)
				return true;
		}
	}
	return false;
}

static void doubt_clones(struct copy_search *all, const struct inlined *in)
{
	const struct ucheck_func *f = all->f;

	for (size_t i = 0; i < in->n; i++) {
		const struct inlined_place *p = &in->place[i];
		const struct ksym *clone = p->own ? inlined_container(&all->functions, p) : NULL;

		if (clone && !is_itself(f, all->c->p, p) && is_uncovered(p, clone, all))
			ucheck_bad(all->c,
				   "'%s' also lives on as '%s', which some callers call: "
				   "replace these callers",
				   f->name, clone->name);
	}
}

static void doubt_inlined(struct copy_search *all, const struct inlined *in)
{
	const struct ucheck_func *f = all->f;
	const struct inlined_list l = {
		.objects = &all->c->objects.objects,
		.object = f->target->object,
		.functions = &all->functions,
		.wanted = is_uncovered,
		.arg = all,
	};
	size_t n = 0;
	char *list;
	bool any = false;

	for (size_t i = 0; i < in->n; i++)
		any |= !in->place[i].own;
	list = any ? inlined_list(&l, in, 0, &n) : NULL;
	if (list)
		ucheck_bad(
			all->c,
			"'%s' was also inlined into %zu function%s that the patch does not replace, where "
			"the old code runs on%s\n  replace %s too, with the new code in %s",
			f->name, n, n == 1 ? "" : "s", list, n == 1 ? "it" : "them",
			n == 1 ? "it" : "them");
	free(list);
}

/* Debug information says nothing of a function: then nothing of its copies either. */
static void doubt_unknown(struct ucheck *c, const struct ucheck_func *f)
{
	struct dwarf_file *d = f->target->object->dwarf;
	CLEANUP_DIE Dwarf_Die unit = NULL;
	CLEANUP_FREE char *why = NULL;
	uint64_t language;

	if (f->unit && (dwarf_file_die(d, f->unit, &unit) || reduced_names(d, f->unit, &why)))
		return;
	/* Nobody inlines what an assembler has made. */
	if (unit && die_number(unit, DW_AT_language, &language) &&
	    language == DW_LANG_Mips_Assembler)
		return;
	ucheck_bad(c,
		   "whether '%s' was also inlined, and what its callers rely on, is not known: the "
		   "debug information of its code %s",
		   f->name, why ? why : "is not there (-g0)");
}

static void each_function(struct ucheck *c,
			  void (*check)(struct copy_search *all, const struct inlined *in))
{
	for (size_t i = 0; i < c->p->func_count; i++) {
		struct copy_search all = {.c = c, .f = &c->func[i]};
		struct dwarf_file *d = all.f->target->object->dwarf;
		const struct def *def = all.f->def;
		struct inlined in = {0};

		if (!def || inlined_find(d, &def, 1, &in))
			continue;
		functions_read(&all.functions, all.f->target->object->elf);
		check(&all, &in);
		functions_free(&all.functions);
		inlined_free(&in);
	}
	ucheck_looked(c, "%zu functions", c->p->func_count);
}

void ucheck_inlined(struct ucheck *c)
{
	for (size_t i = 0; i < c->p->func_count; i++) {
		if (!c->func[i].def)
			doubt_unknown(c, &c->func[i]);
	}
	each_function(c, doubt_inlined);
}

void ucheck_clones(struct ucheck *c)
{
	each_function(c, doubt_clones);
}
