// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that share their code: compilers merge functions whose code is equal, and a source may
 * give a function several names (__alias()). ftrace redirects the code, whichever name the patch
 * uses, so the new function replaces all of them.
 */
#include <stdlib.h>
#include <string.h>

#include "check/effect/old.h"
#include "check/say.h"
#include "symbols/functions.h"
#include "symbols/syscalls.h"

struct count {
	size_t functions, others, uncovered;
};

/* The replacement of the function by exactly this name, or NULL. */
static const struct check_func *replaced(const struct check *c, const struct object *o,
					 const struct ksym *sym)
{
	for (size_t i = 0; i < c->func_num; i++) {
		const struct check_func *f = &c->func[i];

		if (f->found && check_object(c, f->object) == o && f->found->addr == sym->addr &&
		    !strcmp(f->found->name, sym->name))
			return f;
	}
	return NULL;
}

static bool same_new_function(const struct check_func *a, const struct check_func *b)
{
	return a->func->new_section == b->func->new_section &&
	       a->func->new_offset == b->func->new_offset;
}

/*
 * Two of the names are replaced by different functions: the kernel only calls the one that was
 * registered last.
 */
static void check_replaced(const struct check *c, const struct check_func *f,
			   const struct check_func *other)
{
	if (other > f || same_new_function(f, other))
		return;
	bad(c,
	    "functions '%s' and '%s' are one in this kernel: of '%s' and '%s' only the last is called\n"
	    "  replace one of them, with what is right for both",
	    other->func->old_name, f->func->old_name, other->func->new_name, f->func->new_name);
}

static void check_function(const struct check *c, const struct object *o,
			   const struct functions *all, const struct check_func *f,
			   struct count *count)
{
	const struct ksym *first = functions_at(all, f->found->addr);
	char *list = NULL;
	size_t n = 0;

	for (const struct ksym *sym = first;
	     sym && sym < all->sym + all->n && sym->addr == f->found->addr; sym++) {
		const struct check_func *other;

		if (!strcmp(sym->name, f->found->name) ||
		    syscall_is_same(sym->name, f->found->name))
			continue;
		count->others++;
		other = replaced(c, o, sym);
		if (other)
			check_replaced(c, f, other);
		else
			xappend(&list, "%s'%s'", n++ ? ", " : "", sym->name);
	}
	count->uncovered += n;
	if (list)
		bad(c,
		    "'%s' is one function with %s in this kernel (equal code, or another name for it): the "
		    "new function is called instead of %s\n"
		    "  write it so that it is right for all of them, or patch the callers of '%s'",
		    f->func->old_name, list, n == 1 ? "both" : "all of these", f->func->old_name);
	free(list);
}

/* All functions of the object if other passes need these as well, or NULL. */
static const struct functions *known_functions(struct check *c, const struct object *o)
{
	for (size_t i = 0; i < c->debugs; i++) {
		if (c->debug[i]->o->elf == o->elf)
			return check_functions(c->debug[i]);
	}
	return NULL;
}

static void check_of_object(struct check *c, const struct object *o, struct count *count)
{
	const struct check_func **f = xcalloc(c->func_num, sizeof(*f));
	uint64_t *addr = xcalloc(c->func_num, sizeof(*addr));
	const struct functions *all = known_functions(c, o);
	struct functions some = {0};
	size_t n = 0;

	for (size_t i = 0; i < c->func_num; i++) {
		if (!c->func[i].found || check_object(c, c->func[i].object) != o)
			continue;
		f[n] = &c->func[i];
		addr[n++] = c->func[i].found->addr;
	}
	if (n && !all) {
		functions_read_at(&some, o->elf, addr, n);
		all = &some;
	}
	for (size_t i = 0; i < n; i++)
		check_function(c, o, all, f[i], count);
	count->functions += n;
	functions_free(&some);
	free(addr);
	free(f);
}

void check_folded(struct check *c)
{
	struct count n = {0};

	check_old_read(c);
	for (size_t i = 0; i < c->objects.n; i++)
		check_of_object(c, c->objects.obj[i], &n);
	checked(c, "%zu function%s, %zu other name%s of the same code, %zu uncovered", n.functions,
		n.functions == 1 ? "" : "s", n.others, n.others == 1 ? "" : "s", n.uncovered);
}
