// SPDX-License-Identifier: GPL-2.0-only
/*
 * New functions with the same code as the old ones, by which the patch changes nothing. Either the
 * change has not made it into the code, or the function need not be replaced. Different code does
 * not prove a change: compilers may choose other registers or another order for the same source.
 * Nothing is said about such functions.
 */
#include "check/same.h"

struct unchanged {
	struct comparison *with;
	size_t compared, unchanged;
};

static void compare(struct check *c, struct unchanged *u, const struct check_func *f)
{
	const struct patch_func *func = f->func;
	const struct object *o = check_object(c, f->object);
	uint64_t place = elf_place(func->new_section, func->new_offset);
	struct counterpart *p;
	const struct ksym *new;

	/* An error or a note has already said what could not be found. */
	if (!f->found || !o || !func->new_section)
		return;
	p = comparison_with(c, u->with, o);
	new = code_symbol_at(&u->with->patch, place, NULL);
	if (!p)
		return;
	if (!new || !new->size || !f->found->size ||
	    !code_at(&p->code, f->found->addr, f->found->size)) {
		note(c, "'%s': %s", func->old_name,
		     !new || !new->size ? "the size of its new function is unknown"
					: "its code is not in the kernel's file");
		return;
	}
	if (same_function(&p->same, place, new->size, f->found->addr, f->found->size)) {
		u->unchanged++;
		bad(c,
		    "'%s' is replaced with the same code: %s() has %llu bytes that refer to the "
		    "same %zu things\n"
		    "  leave it out, or find out why the change is not in it",
		    func->old_name, func->new_name[0] ? func->new_name : "the new function",
		    (unsigned long long)new->size, p->same.references);
	} else if (p->same.unknown) {
		note(c, "'%s': the form of '%s' is not in the kernel's debug information",
		     func->old_name, p->same.unknown);
		return;
	}
	u->compared++;
}

void check_unchanged(struct check *c)
{
	struct unchanged u = {.with = c->func_num ? check_comparison(c) : NULL};

	for (size_t i = 0; u.with && i < c->func_num; i++)
		compare(c, &u, &c->func[i]);
	checked(c, "%zu function%s, %zu known to be unchanged", u.compared,
		u.compared == 1 ? "" : "s", u.unchanged);
}
