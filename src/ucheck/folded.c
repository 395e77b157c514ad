// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that share their code: compilers and linkers let functions of equal code have one
 * address. Who replaces one replaces all of them. Two names for one function are no such thing.
 */
#include <stdlib.h>
#include <string.h>

#include "ucheck/check.h"

struct fold_search {
	const struct ucheck_func *f;
	const struct defs *defs; /* of the function's unit */
	char *names;
};

/* Another function of the unit that has its own definition, and the same address. */
static void offer_symbol(const struct ksym *sym, void *arg)
{
	struct fold_search *s = arg;

	if (sym->addr != s->f->is->addr || !strcmp(sym->name, s->f->name))
		return;
	for (size_t i = 0; i < s->defs->n; i++) {
		const struct def *def = &s->defs->def[i];

		if (def->function && def->defined && !strcmp(def->name, sym->name) &&
		    def->die != s->f->def->die)
			xappend(&s->names, "%s'%s'", s->names ? ", " : "", sym->name);
	}
}

void ucheck_folded(struct ucheck *c)
{
	for (size_t i = 0; i < c->p->func_count; i++) {
		const struct ucheck_func *f = &c->func[i];
		struct defs defs = {0};
		struct fold_search s = {.f = f, .defs = &defs};

		if (f->def && !defs_read(f->target->object->dwarf, f->unit, NULL, &defs))
			kallsyms_each_function(f->target->object->elf, offer_symbol, &s);
		if (s.names)
			ucheck_bad(
				c,
				"'%s' and %s have the same code in '%s': the patch replaces them "
				"all",
				f->name, s.names, f->target->b->name);
		free(s.names);
		defs_free(&defs);
	}
	ucheck_looked(c, "%zu functions", c->p->func_count);
}
