// SPDX-License-Identifier: GPL-2.0-only
/* The patch's code beside the kernel's: see check/same.h. */
#include "check/same.h"

#include <stdlib.h>

#include "check/effect/old.h"
#include "kernel/rules.h"
#include "symbols/traced.h"

static int begin(struct check *c, struct comparison *all)
{
	if (traced_read_module(&all->traced, c->mod, c->target->arch, c->target->traced_padding) ||
	    code_open(&all->patch, c->mod, c->target->arch, &all->traced))
		return -1;
	check_old_read(c);
	if (!c->with_dwarf.n || !c->with_dwarf.obj[0]->dwarf)
		return 0;
	if (code_tables_read(&all->tables, c->target->arch, c->with_dwarf.obj[0]->dwarf))
		return -1;
	all->tables_known = true;
	return 0;
}

/*
 * What the livepatch symbols stand for: something in the object, or in vmlinux by a name that the
 * object may refer to as well.
 */
static void name_symbols(struct check *c, struct counterpart *p)
{
	for (size_t i = 0; i < c->symbol_num; i++) {
		const struct check_symbol *s = &c->symbol[i];
		const struct object *owner = check_object(c, s->object);

		if (!s->found || !owner)
			continue;
		if (owner == p->o)
			same_is(&p->same, s->index, s->found->addr);
		else if (s->found->global)
			same_is_named(&p->same, s->index, s->found->name);
	}
}

struct counterpart *comparison_with(struct check *c, struct comparison *all, const struct object *o)
{
	struct counterpart *p;

	for (size_t i = 0; i < all->n; i++) {
		if (all->with[i]->o == o)
			return all->with[i];
	}
	p = xcalloc(1, sizeof(*p));
	p->o = o;
	if (code_open(&p->code, o->elf, c->target->arch, object_traced(&c->objects, o))) {
		free(p);
		return NULL;
	}
	same_begin(&p->same, &all->patch, &p->code, false, all->tables_known ? &all->tables : NULL);
	name_symbols(c, p);
	GROW(all->with, all->n, all->cap);
	return all->with[all->n++] = p;
}

struct comparison *check_comparison(struct check *c)
{
	if (!c->comparison) {
		c->comparison = xcalloc(1, sizeof(*c->comparison));
		c->comparison->whole = c->relocs_sane && !begin(c, c->comparison);
	}
	return c->comparison->whole ? c->comparison : NULL;
}

void check_comparison_free(struct check *c)
{
	struct comparison *all = c->comparison;

	for (size_t i = 0; all && i < all->n; i++) {
		same_end(&all->with[i]->same);
		code_close(&all->with[i]->code);
		free(all->with[i]);
	}
	if (all) {
		free(all->with);
		code_close(&all->patch);
		sites_free(&all->traced);
	}
	free(all);
}
