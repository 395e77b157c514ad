// SPDX-License-Identifier: GPL-2.0-only
/*
 * New functions that do what the old ones do: the patch changes nothing where it has them. Either
 * the change has not made it into the code, or they need not be replaced.
 */
#include <stdlib.h>
#include <string.h>

#include "check_old.h"
#include "same.h"
#include "traced.h"

/* The code of an object that has functions to be replaced, and the comparison with it. */
struct counterpart {
	const struct object *o;
	struct code code;
	struct same same;
};

struct comparison {
	struct sites traced;
	struct code patch;
	struct code_tables tables;
	bool tables_known;
	struct counterpart **with;
	size_t n, cap;
	size_t compared, unchanged;
};

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

/* What klpcheck has read of it is the file that the kernel loads: with its code. */
static struct counterpart *counterpart(struct check *c, struct comparison *all,
				       const struct object *o)
{
	struct counterpart *p;

	for (size_t i = 0; i < all->n; i++) {
		if (all->with[i]->o == o)
			return all->with[i];
	}
	p = xcalloc(1, sizeof(*p));
	p->o = o;
	if (code_open(&p->code, o->elf, c->target.arch, object_traced(&c->objects, o))) {
		free(p);
		return NULL;
	}
	same_begin(&p->same, &all->patch, &p->code, false, all->tables_known ? &all->tables : NULL);
	name_symbols(c, p);
	GROW(all->with, all->n, all->cap);
	return all->with[all->n++] = p;
}

static void compare(struct check *c, struct comparison *all, const struct check_func *f)
{
	const struct patch_func *func = f->func;
	const struct object *o = check_object(c, f->object);
	uint64_t place = elf_place(func->new_section, func->new_offset);
	struct counterpart *p;
	const struct ksym *new;

	/* Of what could not be found it has been said why. */
	if (!f->found || !o || !func->new_section)
		return;
	p = counterpart(c, all, o);
	new = code_symbol_at(&all->patch, place, NULL);
	if (!p)
		return;
	if (!new || !new->size || !f->found->size ||
	    !code_at(&p->code, f->found->addr, f->found->size)) {
		note(c, "'%s': %s", func->old_name,
		     !new || !new->size ? "how long its new function is, is not known"
					: "its code is not in the kernel's file");
		return;
	}
	if (same_function(&p->same, place, new->size, f->found->addr, f->found->size)) {
		all->unchanged++;
		bad(c,
		    "'%s' is replaced with what it is: %s() is the same code, %llu bytes that refer "
		    "to the same %zu things\n"
		    "  leave it out, or see why the change is not in it",
		    func->old_name, func->new_name[0] ? func->new_name : "the new function",
		    (unsigned long long)new->size, p->same.references);
	} else if (p->same.unknown) {
		note(c, "'%s': the form of '%s' is not in the kernel's debug information",
		     func->old_name, p->same.unknown);
		return;
	}
	all->compared++;
}

static int begin(struct check *c, struct comparison *all)
{
	if (traced_read_module(&all->traced, c->mod, c->target.arch, c->target.traced_padding) ||
	    code_open(&all->patch, c->mod, c->target.arch, &all->traced))
		return -1;
	check_old_read(c);
	if (!c->with_dwarf.n || !c->with_dwarf.obj[0]->dwarf)
		return 0;
	if (code_tables_read(&all->tables, c->with_dwarf.obj[0]->dwarf))
		return -1;
	all->tables_known = true;
	return 0;
}

void check_unchanged(struct check *c)
{
	struct comparison all = {0};

	if (c->relocs_sane && c->func_num && !begin(c, &all)) {
		for (size_t i = 0; i < c->func_num; i++)
			compare(c, &all, &c->func[i]);
	}
	checked(c, "%zu function%s, %zu unchanged", all.compared, all.compared == 1 ? "" : "s",
		all.unchanged);
	for (size_t i = 0; i < all.n; i++) {
		same_end(&all.with[i]->same);
		code_close(&all.with[i]->code);
		free(all.with[i]);
	}
	free(all.with);
	code_close(&all.patch);
	sites_free(&all.traced);
}
