// SPDX-License-Identifier: GPL-2.0-only
/* Code that goes round for ever: see check/loops.h. */
#include "check/loops.h"

#include <stdlib.h>
#include <string.h>

#include "check/same.h"
#include "dwarf/units.h"
#include "same/flow.h"

static const char *const enders[] = {
	"do_task_dead",	  "do_exit",	  "do_group_exit",
	"make_task_dead", "kthread_exit", "kthread_complete_and_exit",
};

static const char *const waits[] = {
	"schedule",
	"schedule_timeout",
	"schedule_timeout_interruptible",
	"schedule_timeout_idle",
};

/*
 * Functions of vmlinux that do not return, by name, because their code is not available when a
 * module is checked.
 */
static const char *const stoppers[] = {
	"panic",
	"__stack_chk_fail",
	"fortify_panic",
	"__fortify_panic",
	"__module_put_and_kthread_exit",
};

bool name_is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

bool loops_ends_task(const char *name)
{
	return name_is_one_of(name, enders, ARRAY_SIZE(enders));
}

bool loops_waits(const char *name)
{
	return name_is_one_of(name, waits, ARRAY_SIZE(waits));
}

/* arg: the code is that of a callee, whose own callees return but for those known by name. */
static bool returns(struct code *code, const struct code_ref *callee, void *arg)
{
	const char *name = flow_callee(code, callee);
	const struct ksym *sym;
	struct flow f = {0};
	bool yes;

	if (name && (loops_ends_task(name) || name_is_one_of(name, stoppers, ARRAY_SIZE(stoppers))))
		return false;
	if (arg || callee->kind != REF_PLACE)
		return true;
	sym = code_symbol(code, callee->place);
	if (!sym)
		return true;
	flow_add(&f, code, sym->addr, sym->size);
	flow_read(&f, returns, &f);
	yes = f.leaves || f.unknown;
	flow_free(&f);
	return yes;
}

/* The code of the object as the kernel loads it, and that of its debug information. */
struct sides {
	struct check_debug *debug;
	struct code *code;
};

/* Does the call lead to the function's own compile unit, or, in a module, to its own module? */
static bool is_own(const struct sides *s, const struct check_old *old, const struct code_ref *ref)
{
	struct dwarf_file *d = s->debug->o->dwarf;
	Dwarf_Off unit = 0;
	uint64_t addr;

	if (ref->kind != REF_PLACE)
		return false;
	if (s->debug->o->module)
		return true;
	addr = ref->place;
	units_at(d, &addr, 1, &unit);
	return unit && unit == old->def->unit;
}

static bool waits_at(const struct sides *s, const struct flow *f, size_t node)
{
	const char *name = f->node[node].call ? flow_callee(s->code, &f->node[node].callee) : NULL;

	return name && loops_waits(name);
}

/* Is there a way from this call, which waits, to one that works, and back? */
static bool works_between(const struct sides *s, const struct check_old *old, const struct flow *f,
			  size_t wait)
{
	bool *from = xcalloc(f->n, sizeof(*from)), *back = xcalloc(f->n, sizeof(*back));
	bool yes = false;

	flow_reach(f, wait, from);
	for (size_t i = 0; i < f->n && !yes; i++) {
		if (!from[i] || !f->node[i].call || waits_at(s, f, i) ||
		    !is_own(s, old, &f->node[i].callee))
			continue;
		memset(back, 0, f->n * sizeof(*back));
		flow_reach(f, i, back);
		yes = back[wait];
	}
	free(from);
	free(back);
	return yes;
}

static bool works(const struct sides *s, const struct check_old *old, const struct flow *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (waits_at(s, f, i) && works_between(s, old, f, i))
			return true;
	}
	return false;
}

static void add_code(const struct sides *s, struct flow *f, const struct ksym *sym)
{
	uint64_t place;

	if (elf_file_same_place(s->debug->o->elf, sym->addr, s->code->elf, &place))
		flow_add(f, s->code, place, sym->size);
	else
		f->unknown = true;
}

static void add_parts(const struct sides *s, struct flow *f, const struct ksym *sym)
{
	struct functions *all = check_functions(s->debug);
	size_t len = strlen(sym->name);

	for (size_t i = 0; i < all->n; i++) {
		const struct ksym *part = &all->sym[i];

		if (!strncmp(part->name, sym->name, len) && function_is_cold(part->name) &&
		    functions_whole(all, part) == sym)
			add_code(s, f, part);
	}
}

static bool find_code(struct check *c, struct sides *s)
{
	const struct object *o = s->debug->o, *loaded = check_object(c, o->module ? o->name : NULL);
	struct comparison *all = check_comparison(c);
	struct counterpart *p = all ? comparison_with(c, all, loaded ? loaded : o) : NULL;

	s->code = p ? &p->code : NULL;
	return p;
}

struct loops loops_read(struct check *c, const struct check_old *old)
{
	struct sides s = {.debug = old->debug};
	struct loops ret = {.unknown = true};
	struct flow f = {0};
	const struct ksym *sym;

	if (!find_code(c, &s))
		return ret;
	sym = functions_at(check_functions(s.debug), old->sym->addr);
	add_code(&s, &f, old->sym);
	if (sym)
		add_parts(&s, &f, sym);
	flow_read(&f, returns, NULL);
	ret.unknown = f.unknown;
	if (!f.unknown) {
		ret.for_ever = !f.leaves && !f.ends && flow_loops(&f);
		ret.works = works(&s, old, &f);
	}
	flow_free(&f);
	return ret;
}
