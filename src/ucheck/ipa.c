// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callers that the compiler told about the old function's code. A guard gives them back the
 * registers; what they know of memory that the function does not write, or of its results, it
 * cannot make true.
 */
#include <stdlib.h>
#include <string.h>

#include "binary/reach.h"
#include "symbols/functions.h"
#include "ucheck/check.h"

static void check_function(struct ucheck *c, const struct ucheck_func *f,
			   struct functions *functions)
{
	struct reach_callers callers;
	struct strmap said = {0};
	char *list = NULL;
	size_t n = 0;
	int relied = reach_relied_on(f->target->b, f->target->object->dwarf, f->is->addr,
				     c->p->range[f->is->range].size, &callers);

	for (size_t i = 0; relied > 0 && i < callers.n; i++) {
		const struct ksym *in = functions_at(functions, callers.from[i]);
		const struct ksym *whole = in ? functions_whole(functions, in) : NULL;
		const char *name = whole ? whole->name : "?";

		if (whole && ucheck_replaced(c, f->target, whole->addr))
			continue;
		if (strmap_get(&said, name))
			continue;
		strmap_add(&said, name, 1);
		xappend(&list, "%s%s", n++ ? ", " : "", name);
	}
	reach_free(&callers);
	strmap_free(&said);
	if (relied > 0 && f->is->entry == f->is->body)
		error("'%s': callers of '%s' may rely on registers that it does not change, and its new "
		      "function has no guard",
		      c->p->path, f->name);
	if (n)
		ucheck_bad(c,
			   "the compiler saw all that '%s' does, and its callers may rely on it "
			   "(which memory it leaves alone, which results it has): %s\n"
			   "  replace these too, or compare what the new code writes and returns "
			   "with the old",
			   f->name, list);
	free(list);
}

void ucheck_ipa(struct ucheck *c)
{
	size_t guarded = 0;

	for (size_t t = 0; t < c->p->head.targets; t++) {
		struct functions functions = {0};

		functions_read(&functions, c->target[t].object->elf);
		for (size_t i = 0; i < c->p->func_count; i++) {
			if (c->func[i].target != &c->target[t])
				continue;
			guarded += c->func[i].is->entry != c->func[i].is->body;
			check_function(c, &c->func[i], &functions);
		}
		functions_free(&functions);
	}
	ucheck_looked(c, "%zu functions, %zu with a guard", c->p->func_count, guarded);
}
