// SPDX-License-Identifier: GPL-2.0-only
/*
 * What has to be known of each function that a patch for programs replaces: where its code lies,
 * how it begins, and how much room a jump has there.
 */
#include <string.h>

#include "base/util.h"
#include "binary/reach.h"
#include "symbols/functions.h"
#include "umake/entry.h"
#include "umake/make.h"

/* Where a message about a replaced function points. */
static const char *place_of(const struct making *m, const struct patch_func *func)
{
	const struct patch_module *patch = &m->mods.m[0];

	for (size_t i = 0; i < patch->n; i++) {
		if (source_has_literal(&patch->file[i].source, func->old_name))
			return source_place(&patch->file[i].source, func->old_name);
	}
	return patch->name;
}

struct parts {
	const struct ksym *sym;	   /* the function */
	struct user_table_func *f; /* gets its parts */
	const struct def *def;	   /* or NULL */
};

/*
 * A symbol that is a further part of the function: debug information says so, or its name does. Of
 * a namesake's part it is said in vain, which only makes the applier wait for that as well.
 */
static void take_part(const struct ksym *sym, void *arg)
{
	struct parts *p = arg;
	bool is_part = function_is_cold_of(sym->name, p->sym->name);

	for (size_t i = 0; p->def && i < p->def->addrs; i++)
		is_part |= p->def->addr[i] == sym->addr;
	if (!is_part || !sym->size)
		return;
	for (size_t i = 0; i < p->f->ranges; i++) {
		if (p->f->range[i].addr == sym->addr)
			return;
	}
	user_table_add_range(p->f, sym->addr, sym->size);
}

static int check_entry(const char *place, const struct binary *b, const struct ksym *sym,
		       const struct func_entry *e)
{
	if (!e->first_size) {
		error("%s: '%s' is not in the code of '%s'", place, sym->name, b->path);
		return -1;
	}
	if (e->room >= e->jump + ENTRY_JUMP)
		return 0;
	error("%s: '%s' has %llu bytes in '%s', and the jump to its new function needs %llu: replace "
	      "its callers",
	      place, sym->name, (unsigned long long)e->room, b->name,
	      (unsigned long long)(e->jump + ENTRY_JUMP));
	return -1;
}

/* Two new functions for one old function, or for two names of it. */
static int check_once(const struct making *m, const char *place, const struct user_table_func *f)
{
	for (size_t i = 0; i + 1 < m->table->funcs; i++) {
		const struct user_table_func *other = &m->table->func[i];

		if (other->target != f->target || other->addr != f->addr)
			continue;
		error("%s: '%s' and '%s' are one function, and it is replaced twice", place,
		      other->old_name, f->old_name);
		return -1;
	}
	return 0;
}

/* Gives a function a guard, if callers may rely on the old one's code. */
static void make_guard(struct making *m, const struct replacement *r, const char *place,
		       struct user_table_func *f)
{
	const struct binary *b = binary_of(&m->target, r->old.owner);
	struct reach_callers callers;
	struct making_guard guard = {.new_name = f->new_name};
	const char *why = "there is no debug information of it";
	int relied = reach_relied_on(b, r->old.owner->dwarf, r->old.sym->addr, r->old.sym->size,
				     &callers);

	reach_free(&callers);
	if (relied <= 0)
		return;
	if (r->old.def &&
	    guard_read(r->old.owner->dwarf, r->old.def->unit, r->old.def->die, &guard.guard, &why))
		return;
	if (why) {
		error("%s: callers of '%s' may rely on registers that its code does not change, as "
		      "the compiler saw all of it, and the new function cannot be kept from "
		      "changing them: %s; replace the callers",
		      place, r->old.sym->name, why);
		return;
	}
	f->guard = guard_symbol(f->new_name);
	GROW(m->guard, m->guards, m->guards_cap);
	m->guard[m->guards++] = guard;
}

static void make_function(struct making *m, const struct replacement *r)
{
	const char *place = place_of(m, r->func), *why;
	const struct binary *b = binary_of(&m->target, r->old.owner);
	const struct ksym *sym = r->old.sym;
	struct parts parts = {.sym = sym, .def = r->old.def};
	struct user_table_func *f;
	struct func_entry e;

	why = object_refusal(&m->target.objects, r->old.owner, sym);
	if (why) {
		error("%s: '%s' cannot be replaced: it is %s", place, sym->name, why);
		return;
	}
	if (!r->func->new_name[0] || !r->func->new_section) {
		error("%s: the new function of '%s' is not in the patch", place, sym->name);
		return;
	}
	f = parts.f = user_table_add_func(m->table);
	f->new_name = xstrdup(r->func->new_name);
	f->old_name = xstrdup(sym->name);
	f->target = making_target(m, b);
	f->addr = sym->addr;
	entry_read(b, sym->addr, sym->size, &e);
	f->jump = e.jump;
	f->room = e.room;
	f->first_size = e.first_size;
	memcpy(f->first, e.first, sizeof(f->first));
	user_table_add_range(f, sym->addr, sym->size);
	kallsyms_each_function(r->old.owner->elf, take_part, &parts);
	if (check_entry(place, b, sym, &e) || check_once(m, place, f))
		return;
	make_guard(m, r, place, f);
}

void make_functions(struct making *m)
{
	if (!m->replaced.n && !error_count())
		error("'%s' replaces no function: it needs KLP_PATCH() of <klpmake-user.h>",
		      m->mods.m[0].name);
	for (size_t i = 0; i < m->replaced.n; i++)
		make_function(m, &m->replaced.r[i]);
}
