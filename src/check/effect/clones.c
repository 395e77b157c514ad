// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code of a replaced function that is not under its symbol: clones that gcc made for some callers
 * (NAME.constprop.0, NAME.isra.0, NAME.part.0), and copies in other compile units when a header
 * defines the function. Livepatch redirects the one symbol only. NAME.cold is not a clone: only the
 * function itself leads to it.
 */
#include <stdlib.h>
#include <string.h>

#include "check/effect/old.h"
#include "dwarf/units.h"
#include "image/inlined_list.h"
#include "same/callers_list.h"

struct count {
	size_t copies, uncovered;
};

/* Is it the function's own code, which the patch replaces? */
static bool is_itself(const struct check_old *old, const struct inlined_place *p)
{
	bool itself = false;

	for (size_t i = 0; i < p->parts; i++)
		itself |= ksym_is_at(old->sym, p->code[i]);
	return itself;
}

struct covering {
	struct check *c;
	struct check_debug *debug;
};

static bool is_uncovered(const struct ksym *in, void *arg)
{
	const struct covering *by = arg;

	return !check_covered(by->c, by->debug, in);
}

/* "\n CALLER" for each function that leads to a clone and is not covered; NULL: there is none. */
static char *list_callers(struct check *c, struct check_debug *debug, const struct ksym *clone)
{
	struct covering by = {c, debug};
	const struct callers_list l = {
		.objects = &c->with_dwarf,
		.object = debug->o,
		.functions = check_functions(debug),
		.wanted = is_uncovered,
		.arg = &by,
	};
	const struct caller *caller;
	size_t n;

	caller = check_callers(c, debug, clone, &n);
	if (!debug->callers_known)
		note(c, "who calls '%s': its code cannot be looked at", clone->name);
	return callers_list(&l, clone, caller, n);
}

/* The unit's source file, which is also the tag of a patch of its functions. To be freed. */
static char *path_of(struct dwarf_file *d, Dwarf_Off unit)
{
	CLEANUP_DIE Dwarf_Die die = NULL;

	if (dwarf_file_die(d, unit, &die))
		return xstrdup("?");
	return xstrdup(unit_path(die));
}

static void report(struct check *c, size_t i, const struct ksym *copy, Dwarf_Off unit)
{
	struct check_old *old = &c->old[i];
	char *file = path_of(old->debug->o->dwarf, unit), *list = NULL;
	char place[512];
	char *home = path_of(old->debug->o->dwarf, old->def->unit);
	bool own = !strcmp(
		home,
		file); /* this file is compiled more than once, and a tag would not tell which */

	free(home);
	check_old_place(old, place, sizeof(place));
	if (function_is_clone(copy->name)) {
		list = list_callers(c, old->debug, copy);
		bad(c,
		    "'%s' (%s) has a clone '%s', which the patch does not replace: the old code runs "
		    "on in it%s\n"
		    "  replace its callers too, so that they call the new code",
		    c->func[i].func->old_name, place, copy->name, list ? list : "");
	} else {
		bad(c,
		    "'%s' (%s) is there once more, as '%s' at 0x%llx, which the patch does not "
		    "replace: %s has a copy of its own\n"
		    "  replace that one too, %s%s",
		    c->func[i].func->old_name, place, copy->name, (unsigned long long)copy->addr,
		    file, own ? "by its old_sympos" : "in a file of the patch that is tagged with ",
		    own ? "" : file);
	}
	free(list);
	free(file);
}

/* Adds a copy to the report; returns whether it is covered. */
static bool add_copy(struct check *c, size_t i, const struct ksym *sym, Dwarf_Off unit)
{
	const struct check_copy copy = {
		.function = c->func[i].func->old_name,
		.in = sym->name,
		.covered = check_covered(c, c->old[i].debug, sym),
	};

	check_add_copy(c, &copy);
	if (!copy.covered)
		report(c, i, sym, unit);
	return copy.covered;
}

static void check_function(struct check *c, size_t i, void *arg)
{
	const struct check_old *old = &c->old[i];
	const struct inlined *in = &old->debug->copies;
	struct count *count = arg;

	for (size_t k = 0; k < in->n; k++) {
		const struct inlined_place *p = &in->place[k];
		const struct ksym *copy;

		if (p->function != i || !p->own || is_itself(old, p))
			continue;
		copy = inlined_container(check_functions(old->debug), p);
		count->copies++;
		if (!copy)
			note(c, "the code of '%s' at 0x%llx, which has no symbol",
			     c->func[i].func->old_name, (unsigned long long)p->code[0]);
		else if (!add_copy(c, i, copy, p->unit))
			count->uncovered++;
	}
}

void check_clones(struct check *c)
{
	struct count count = {0};
	size_t known = check_old_each(c, check_function, &count);

	checked(c, "%zu function%s, %zu clone%s, %zu uncovered", known, known == 1 ? "" : "s",
		count.copies, count.copies == 1 ? "" : "s", count.uncovered);
}
