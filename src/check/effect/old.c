// SPDX-License-Identifier: GPL-2.0-only
/* The old functions in the kernel's debug information: see check/effect/old.h. */
#include "check/effect/old.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dwarf/locate.h"
#include "dwarf/reduced.h"
#include "kernel/rules.h"

/* How long a chain of clones that call each other is followed. */
#define CLONES_DEPTH 16

static struct check_debug *debug_of(struct check *c, struct object *o)
{
	struct check_debug *debug;

	for (size_t i = 0; i < c->debugs; i++) {
		if (c->debug[i]->o == o)
			return c->debug[i];
	}
	debug = xcalloc(1, sizeof(*debug));
	debug->o = o;
	GROW(c->debug, c->debugs, c->debug_cap);
	c->debug[c->debugs++] = debug;
	return debug;
}

/* The symbol of the function in the file that has debug information. */
static const struct ksym *find_symbol(const struct check_func *f, const struct object *o)
{
	size_t count;
	const struct ksym *all = kallsyms_find(o->symbols, f->func->old_name, &count);

	return kallsyms_at(all, count, f->func->old_sympos);
}

static const struct def *def_of(const struct defs *defs, const struct ksym *sym)
{
	for (size_t i = 0; i < defs->n; i++) {
		for (size_t a = 0; a < defs->def[i].addrs; a++) {
			if (ksym_is_at(sym, defs->def[i].addr[a]))
				return &defs->def[i];
		}
	}
	return NULL;
}

static int read_units(struct check_debug *debug, const struct unit_set *units,
		      const struct strmap *wanted)
{
	int status = 0;

	for (size_t i = 0; i < units->n && !status; i++)
		status = defs_read(debug->o->dwarf, units->off[i], wanted, &debug->defs);
	return status;
}

/*
 * Reads the definitions from the units that may have the functions. A clone is looked for by the
 * name of its function. A symbol's name may differ from the function's (include/linux/linkage.h,
 * SYSCALL_ALIAS()); then all functions of the unit are read.
 */
static int find_defs(struct check_debug *debug, const struct ksym *sym, size_t n)
{
	Dwarf_Off *unit = xcalloc(n, sizeof(*unit));
	struct unit_set units = {0}, again = {0};
	struct strmap wanted = {0};
	char **name = xcalloc(n, sizeof(*name));
	int status;

	for (size_t i = 0; i < n; i++) {
		name[i] = xasprintf("%.*s", (int)strcspn(sym[i].name, "."), sym[i].name);
		strmap_add(&wanted, name[i], 0);
	}
	status = locate_units(debug->o->dwarf, sym, n, unit, &units) ||
		 read_units(debug, &units, &wanted);
	for (size_t i = 0; i < n && !status; i++) {
		if (unit[i] && !def_of(&debug->defs, &sym[i]))
			unit_set_add(&again, unit[i]);
	}
	if (!status)
		status = read_units(debug, &again, NULL);
	for (size_t i = 0; i < n; i++)
		free(name[i]);
	free(name);
	free(unit);
	unit_set_free(&units);
	unit_set_free(&again);
	strmap_free(&wanted);
	return status;
}

struct check_debug *check_debug_of(struct check *c, const char *object)
{
	struct object *o;

	check_old_read(c);
	if (!c->with_dwarf.n || objects_by_name(&c->with_dwarf, object, &o) || !o || !o->dwarf)
		return NULL;
	return debug_of(c, o);
}

static void read_symbol(struct check *c, struct check_old *old, const struct check_func *f)
{
	struct object *o;

	/* For functions that could not be found, a note has said why. */
	if (!f->found || objects_by_name(&c->with_dwarf, f->object ? f->object : KLP_VMLINUX, &o))
		return;
	if (!o || !o->dwarf) {
		old->why = xasprintf("there is no debug information of '%s'", f->object);
		return;
	}
	old->debug = debug_of(c, o);
	old->sym = find_symbol(f, o);
	if (!old->sym)
		old->why = xasprintf("'%s' has no such symbol", o->path);
}

/*
 * Why the object's debug information does not have a function. A skeleton unit is the reason when
 * it lacks the name of its file.
 */
static char *why_unknown(struct check_debug *debug, const struct ksym *sym)
{
	struct dwarf_file *d = debug->o->dwarf;
	CLEANUP_FREE char *part = NULL;
	Dwarf_Off unit = 0;

	units_at(d, &sym->addr, 1, &unit);
	if (!unit || reduced_names(d, unit, &part) || !part)
		return xasprintf("the debug information of '%s' does not have it", debug->o->name);
	return xasprintf("its debug information %.*s", (int)strcspn(part, "\n"), part);
}

/* Finds the definitions of an object's functions in one search. */
static void read_debug(struct check *c, struct check_debug *debug)
{
	struct ksym *sym = xcalloc(c->func_num, sizeof(*sym));
	size_t n = 0;

	for (size_t i = 0; i < c->func_num; i++) {
		if (c->old[i].debug == debug && c->old[i].sym)
			sym[n++] = *c->old[i].sym;
	}
	for (size_t i = find_defs(debug, sym, n) ? c->func_num : 0; i < c->func_num; i++) {
		struct check_old *old = &c->old[i];

		if (old->debug != debug || !old->sym)
			continue;
		old->def = def_of(&debug->defs, old->sym);
		if (!old->def)
			old->why = why_unknown(debug, old->sym);
	}
	free(sym);
}

/* Finds the inlined copies of an object's functions in one search. */
static void find_copies(struct check *c, struct check_debug *debug)
{
	const struct def **def = xcalloc(c->func_num, sizeof(*def));
	size_t *index = xcalloc(c->func_num, sizeof(*index)), n = 0;

	for (size_t i = 0; i < c->func_num; i++) {
		if (c->old[i].debug == debug && c->old[i].def) {
			index[n] = i;
			def[n++] = c->old[i].def;
		}
	}
	inlined_find(debug->o->dwarf, def, n, &debug->copies);
	for (size_t i = 0; i < debug->copies.n; i++)
		debug->copies.place[i].function = index[debug->copies.place[i].function];
	free(index);
	free(def);
}

int check_open_dwarf(struct check *c)
{
	if (!c->with_dwarf.n) {
		c->with_dwarf.files = c->objects.files;
		if (kernel_objects(&c->with_dwarf, c->target))
			return -1;
	}
	return c->with_dwarf.obj[0]->dwarf ? 0 : -1;
}

void check_old_read(struct check *c)
{
	if (c->old)
		return;
	c->old = xcalloc(c->func_num, sizeof(*c->old));
	if (!c->func_num || check_open_dwarf(c))
		return;
	for (size_t i = 0; i < c->func_num; i++)
		read_symbol(c, &c->old[i], &c->func[i]);
	for (size_t i = 0; i < c->debugs; i++) {
		read_debug(c, c->debug[i]);
		find_copies(c, c->debug[i]);
	}
}

size_t check_old_each(struct check *c, void (*fn)(struct check *c, size_t i, void *arg), void *arg)
{
	size_t known = 0;

	check_old_read(c);
	for (size_t i = 0; i < c->func_num; i++) {
		if (c->old[i].why)
			note(c, "'%s': %s", c->func[i].func->old_name, c->old[i].why);
		if (!c->old[i].def)
			continue;
		fn(c, i, arg);
		known++;
	}
	return known;
}

struct functions *check_functions(struct check_debug *debug)
{
	if (!debug->functions.n)
		functions_read(&debug->functions, debug->o->elf);
	return &debug->functions;
}

static void read_callers(struct check *c, struct check_debug *debug)
{
	const struct object *code = check_object(c, debug->o->module ? debug->o->name : NULL);
	struct functions *all = check_functions(debug);
	uint64_t *clone = xcalloc(all->n, sizeof(*clone));
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (function_is_clone(all->sym[i].name))
			clone[n++] = all->sym[i].addr;
	}
	debug->callers_known = code && !callers_find(code->elf, c->target->arch, debug->o->dwarf,
						     clone, n, &debug->callers);
	debug->callers_read = true;
	free(clone);
}

const struct caller *check_callers(struct check *c, struct check_debug *debug,
				   const struct ksym *clone, size_t *n)
{
	if (!debug->callers_read)
		read_callers(c, debug);
	return callers_of(&debug->callers, clone->addr, n);
}

static bool is_replaced(const struct check *c, const struct check_debug *debug,
			const struct ksym *function)
{
	for (size_t i = 0; i < c->func_num; i++) {
		if (c->old[i].debug == debug && c->old[i].sym &&
		    c->old[i].sym->addr == function->addr)
			return true;
	}
	return false;
}

/* chain: the clones whose callers are being examined; reaching one of them again adds no caller. */
static bool is_covered(struct check *c, struct check_debug *debug, const struct ksym *function,
		       const struct ksym **chain, size_t depth)
{
	struct functions *all = check_functions(debug);
	const struct caller *caller;
	bool covered = true;
	size_t n;

	if (!function)
		return false;
	if (function->init || is_replaced(c, debug, function))
		return true;
	for (size_t i = 0; i < depth; i++) {
		if (chain[i] == function)
			return true;
	}
	if (!function_is_clone(function->name) || depth == CLONES_DEPTH)
		return false;
	chain[depth] = function;
	caller = check_callers(c, debug, function, &n);
	for (size_t i = 0; i < n && covered; i++)
		covered = is_covered(c, debug,
				     functions_whole(all, functions_at(all, caller[i].from)), chain,
				     depth + 1);
	return debug->callers_known && covered;
}

bool check_covered(struct check *c, struct check_debug *debug, const struct ksym *function)
{
	const struct ksym *chain[CLONES_DEPTH];

	return is_covered(c, debug, function, chain, 0);
}

void check_add_copy(struct check *c, const struct check_copy *copy)
{
	GROW(c->copy, c->copies, c->copies_cap);
	c->copy[c->copies++] = *copy;
}

void check_old_place(const struct check_old *old, char *buf, size_t size)
{
	def_place(old->debug->o->dwarf, old->def, buf, size);
}

void check_old_free(struct check *c)
{
	for (size_t i = 0; c->old && i < c->func_num; i++)
		free(c->old[i].why);
	for (size_t i = 0; i < c->debugs; i++) {
		defs_free(&c->debug[i]->defs);
		functions_free(&c->debug[i]->functions);
		inlined_free(&c->debug[i]->copies);
		callers_free(&c->debug[i]->callers);
		free(c->debug[i]);
	}
	for (size_t i = 0; i < c->copies; i++)
		free(c->copy[i].where);
	free(c->copy);
	free(c->debug);
	free(c->old);
	objects_close(&c->with_dwarf);
}
