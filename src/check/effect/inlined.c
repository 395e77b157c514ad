// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inlined copies of the functions that the patch replaces. Livepatch redirects calls, and an
 * inlined copy is not called. A copy is harmless when the function that contains it is replaced,
 * too.
 */
#include <stdlib.h>
#include <string.h>

#include "check/effect/old.h"
#include "image/inlined_list.h"

struct count {
	size_t places, uncovered;
};

/* A replaced function, for which copies are listed. */
struct wanted {
	struct check *c;
	struct check_debug *debug;
	struct count *count;
	const char *function;
};

static bool is_uncovered(const struct inlined_place *p, const struct ksym *in, void *arg)
{
	struct wanted *w = arg;
	struct check_copy copy = {
		.function = w->function,
		.in = in ? in->name : NULL,
		.covered = check_covered(w->c, w->debug, in),
		.init = in && in->init,
	};
	char call[512];

	inlined_call(w->debug->o->dwarf, p, call, sizeof(call));
	copy.where = xstrdup(call);
	check_add_copy(w->c, &copy);
	w->count->places++;
	w->count->uncovered += !copy.covered;
	return !copy.covered;
}

static bool has_copies(const struct inlined *in, size_t function)
{
	for (size_t i = 0; i < in->n; i++) {
		if (in->place[i].function == function && !in->place[i].own)
			return true;
	}
	return false;
}

static void check_function(struct check *c, size_t i, void *arg)
{
	const struct check_old *old = &c->old[i];
	struct wanted wanted = {
		.c = c,
		.debug = old->debug,
		.count = arg,
		.function = c->func[i].func->old_name,
	};
	struct inlined_list l = {
		.objects = &c->with_dwarf,
		.object = old->debug->o,
		.wanted = is_uncovered,
		.arg = &wanted,
	};
	size_t functions;
	char place[512], *list;

	if (!has_copies(&old->debug->copies, i))
		return;
	l.functions = check_functions(old->debug);
	list = inlined_list(&l, &old->debug->copies, i, &functions);
	if (!list)
		return;
	check_old_place(old, place, sizeof(place));
	bad(c,
	    "'%s' (%s) was also inlined into %zu function%s that the patch does not replace, where the "
	    "old code runs on%s\n"
	    "  replace %s too, with the new code in %s",
	    wanted.function, place, functions, functions == 1 ? "" : "s", list,
	    functions == 1 ? "it" : "them", functions == 1 ? "it" : "them");
	free(list);
}

void check_inlined(struct check *c)
{
	struct count count = {0};
	size_t known = check_old_each(c, check_function, &count), units = 0;

	for (size_t i = 0; i < c->debugs; i++)
		units += c->debug[i]->copies.units;
	checked(c, "%zu function%s, %zu cop%s in %zu unit%s, %zu uncovered", known,
		known == 1 ? "" : "s", count.places, count.places == 1 ? "y" : "ies", units,
		units == 1 ? "" : "s", count.uncovered);
}
