// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares functions of the patch with the kernel's: the declarations of those that it calls, and
 * each new function with the old one in whose place it is called.
 */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"
#include "same/callers_list.h"
#include "symbols/functions.h"

#define PASS "prototypes"

struct counts {
	size_t declared, replaced;
	size_t trusted; /* exported, and declared by the kernel's own headers */
	struct type_unknown unknown;
};

/*
 * What the compiler has done to a function that may lack arguments which its callers do not need,
 * while debug information does not say which; NULL: nothing. gcc makes a clone, clang gives the
 * function itself no other name.
 */
static const char *changed(const struct kernel_side *k)
{
	if (k->sym && (function_is_clone(k->sym->name) || function_is_cold(k->sym->name)))
		return "is a copy of a function that the compiler has changed";
	return k->nocall ? "has been changed by the compiler" : NULL;
}

static void tell_use(const struct type_checks *t, const struct type_use *use, const char *why)
{
	char place[512], *both;

	type_use_place(t, use, place, sizeof(place));
	both = type_both("declared", &use->unit->types, use->declared, "kernel", &use->kernel);
	found(PASS, FOUND_BAD,
	      "%s: '%s' is not declared as the kernel has it: %s\n%s\n"
	      "  declare it as the kernel does",
	      place, use->name, why, both);
	free(both);
}

static void compare_use(struct type_checks *t, size_t i, struct counts *n)
{
	const struct type_use *use = &t->use[i];
	const char *is = changed(&use->kernel);
	char place[512], *why;

	if (is) {
		type_use_place(t, use, place, sizeof(place));
		found(PASS, FOUND_BAD,
		      "%s: '%s' %s: which arguments it takes cannot be told\n"
		      "  copy the function into the patch",
		      place, use->kernel.sym->name, is);
		return;
	}
	switch (type_uses_compare(t, i, &why)) {
	case DIFFERS:
		tell_use(t, use, why);
		/* fall through */
	case AGREES:
		n->declared++;
		break;
	case UNKNOWN:
		type_uses_unknown(use, &n->trusted, &n->unknown);
	}
	free(why);
}

/* Its arguments are unknown, so it cannot be replaced: its callers have to be. */
static void tell_changed(const struct type_checks *t, const struct type_func *f, const char *is)
{
	const struct object *o = f->old.object, *code = NULL;
	char *list = NULL;

	if (o)
		code = o->module ? check_object(t->c, o->name) : o;
	if (code && o->dwarf)
		list = callers_list_all(t->objects, o, code->elf, f->old.sym);
	found(PASS, FOUND_BAD,
	      "'%s' %s: which arguments '%s' is called with cannot be told\n"
	      "  patch the callers of that function instead%s",
	      f->func->func->old_name, is, f->func->func->new_name, list ? list : "");
	free(list);
}

static void compare_func(struct type_checks *t, const struct type_func *f, struct counts *n)
{
	const char *old_name = f->func->func->old_name;
	const char *is = changed(&f->old);
	struct agree a;
	char place[512], *both, *why;

	if (is) {
		tell_changed(t, f, is);
		return;
	}
	if (!f->new || !f->old.in || !f->old.function) {
		type_unknown_add(&n->unknown, old_name);
		return;
	}
	n->replaced++;
	a = type_checks_agree(t, f->unit, f->old.in);
	why = disagree_function(&a, f->new->type, f->old.type, false);
	if (!why)
		return;
	types_place(t->dwarf, &f->unit->types, f->new->type, place, sizeof(place));
	both = type_both("new", &f->unit->types, f->new, "old", &f->old);
	found(PASS, FOUND_BAD,
	      "%s: '%s' cannot be called instead of '%s': %s\n%s\n"
	      "  define it with the arguments and the result of the old one",
	      place, f->func->func->new_name, old_name, why, both);
	free(both);
	free(why);
}

void compare_prototypes(struct type_checks *t)
{
	struct counts n = {0};

	for (size_t i = 0; i < t->uses; i = type_uses_end(t, i)) {
		if (t->use[i].declared->function)
			compare_use(t, i, &n);
	}
	for (size_t i = 0; i < t->funcs; i++)
		compare_func(t, &t->func[i], &n);
	found(PASS, FOUND_CHECKED,
	      "%zu declared and %zu replaced function%s; %zu exported as the kernel's headers "
	      "declare them",
	      n.declared, n.replaced, n.replaced == 1 ? "" : "s", n.trusted);
	type_undeclared(t, true, &n.unknown);
	type_unknown_tell(&n.unknown, PASS, "function");
}
