// SPDX-License-Identifier: GPL-2.0-only
/* What a copied function needs: see resolve/needs.h. */
#include "resolve/needs.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "dwarf/calls.h"
#include "dwarf/ranges.h"
#include "same/code_refs.h"

/* Per-CPU variables lie from 0 on: what is less than this is more likely a number than an address.
 */
#define LOW 0x1000

/* The code of one function refers to another; as DIEs, which may be any that stands for it. */
struct edge {
	Dwarf_Off from, to;
};

/* A DIE that has the code of a function: inlined, or of its own. */
struct body {
	Dwarf_Off of, die;
};

/* A DIE at file scope without a name, and the one that has it. */
struct concrete {
	Dwarf_Off die, origin;
};

struct variable {
	uint64_t addr, size;
	size_t def;
};

struct search {
	struct advice_unit *u;
	struct edge *edge;
	size_t edges, edges_cap;
	struct body *body;
	size_t bodies, bodies_cap;
	struct concrete *concrete; /* by DIE */
	size_t concretes, concretes_cap;
	struct variable *variable; /* by address */
	size_t variables, variables_cap;
	Dwarf_Off function; /* whose code is being read */
	bool *wanted;	    /* of each definition: a copy refers to it */
	size_t *order;	    /* those, as they were found */
	size_t n;
};

static void add_body(struct search *w, Dwarf_Off of, Dwarf_Off die)
{
	GROW(w->body, w->bodies, w->bodies_cap);
	w->body[w->bodies++] = (struct body){of, die};
}

static void add_edge(struct search *w, Dwarf_Off to)
{
	GROW(w->edge, w->edges, w->edges_cap);
	w->edge[w->edges++] = (struct edge){w->function, to};
}

/* Step 1: the bodies of a unit, and which functions each refers to. */
static int read_code(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct search *w = arg;
	Dwarf_Off outer = w->function, to, off;
	Dwarf_Half tag;
	int status;

	if (!die_tag(die, &tag))
		return 0;
	if (dwarf_code_is_call(die) && dwarf_code_callee(die, &to))
		add_edge(w, to);
	if (tag == DW_TAG_inlined_subroutine && die_reference(die, DW_AT_abstract_origin, &to) &&
	    die_offset(die, &off)) {
		add_edge(w, to);
		add_body(w, to, off);
		w->function = to;
	} else if (tag != DW_TAG_lexical_block) {
		return 0;
	}
	status = dwarf_file_children(d, die, read_code, w);
	w->function = outer;
	return status;
}

static int read_function(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct search *w = arg;
	struct concrete c;
	Dwarf_Half tag;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram || !die_offset(die, &c.die))
		return 0;
	w->function = c.die;
	if (die_reference(die, DW_AT_abstract_origin, &c.origin) ||
	    die_reference(die, DW_AT_specification, &c.origin)) {
		GROW(w->concrete, w->concretes, w->concretes_cap);
		w->concrete[w->concretes++] = c;
		w->function = c.origin;
	}
	add_body(w, w->function, c.die);
	return dwarf_file_children(d, die, read_code, w);
}

static int by_die(const void *a, const void *b)
{
	const struct concrete *x = a, *y = b;

	return ORDER(x->die, y->die);
}

/* Which definition a DIE stands for: its index; SIZE_MAX when that cannot be told. */
static size_t def_of(const struct search *w, Dwarf_Off die)
{
	const struct concrete key = {.die = die}, *c = NULL;
	const char *name;
	const size_t *i;

	if (w->concretes)
		c = bsearch(&key, w->concrete, w->concretes, sizeof(*w->concrete), by_die);
	name = w->u->types.t[types_index(&w->u->types, c ? c->origin : die)].name;
	i = name ? strmap_get(&w->u->defs.index, name) : NULL;
	return i ? *i : SIZE_MAX;
}

/* Step 2: the variables that the unit can name. */
static void add_variable(const struct ksym *sym, void *arg)
{
	struct search *w = arg;
	const size_t *i = strmap_get(&w->u->defs.index, sym->name);
	const struct def *def = i ? &w->u->defs.def[*i] : NULL;
	bool own = false;

	if (!def || def->function)
		return;
	for (size_t a = 0; a < def->addrs; a++)
		own |= def->addr[a] == sym->addr;
	if (!own && !(sym->global && def->external))
		return;
	GROW(w->variable, w->variables, w->variables_cap);
	w->variable[w->variables++] = (struct variable){sym->addr, sym->size, *i};
}

static int by_address(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;

	return ORDER(x->addr, y->addr);
}

static void want(struct search *w, size_t def)
{
	/* What has no line is the compiler's own: __stack_chk_fail(). */
	if (def == SIZE_MAX || w->wanted[def] || !w->u->defs.def[def].line)
		return;
	w->wanted[def] = true;
	w->order[w->n++] = def;
}

static void look_at_place(uint64_t place, void *arg)
{
	struct search *w = arg;
	size_t lo = COUNT_FIRST(i, w->variables, w->variable[i].addr <= place);
	const struct variable *v;

	if (!lo)
		return;
	v = &w->variable[lo - 1];
	if (place == v->addr ? place >= LOW : place - v->addr < v->size && place > UINT32_MAX)
		want(w, v->def);
}

static bool look_at_range(uint64_t start, uint64_t end, void *arg)
{
	struct search *w = arg;

	code_refs_each(&w->u->code, start, end, look_at_place, w);
	return false;
}

/* Step 3: from a function to what each of its bodies refers to. */
static void follow(struct search *w, size_t def)
{
	struct dwarf_file *d = w->u->object->dwarf;
	Dwarf_Die die;

	for (size_t i = 0; i < w->edges; i++) {
		if (def_of(w, w->edge[i].from) == def)
			want(w, def_of(w, w->edge[i].to));
	}
	for (size_t i = 0; i < w->bodies; i++) {
		if (def_of(w, w->body[i].of) != def || dwarf_file_die(d, w->body[i].die, &die))
			continue;
		die_each_range(d, die, look_at_range, w);
		dwarf_dealloc_die(die);
	}
}

static int read_unit(struct search *w)
{
	struct dwarf_file *d = w->u->object->dwarf;
	CLEANUP_DIE Dwarf_Die die = NULL;
	int status;

	if (dwarf_file_die(d, w->u->types.unit, &die))
		return -1;
	status = dwarf_file_children(d, die, read_function, w);
	kallsyms_each(w->u->object->elf, add_variable, w);
	if (w->variables)
		qsort(w->variable, w->variables, sizeof(*w->variable), by_address);
	return status;
}

/* A body is followed where the patch has to have one: that of a function without its own code. */
static bool is_copied(struct search *w, size_t def)
{
	struct advice a;
	bool copied;

	if (!w->u->defs.def[def].function || !advice_of_name(w->u, w->u->defs.def[def].name, &a))
		return false;
	copied = a.kind == ADVICE_COPY;
	advice_free(&a);
	return copied;
}

/* As they stand in their files: what is used comes before its use. */
static int by_line(const void *a, const void *b, void *arg)
{
	const struct def *def = arg, *x = &def[*(const size_t *)a], *y = &def[*(const size_t *)b];

	return ORDER(x->file, y->file) ?: ORDER(x->line, y->line);
}

int needs_find(struct advice_unit *u, const struct def *def, struct needs *ret)
{
	struct search w = {.u = u};
	int status;

	*ret = (struct needs){.n = 0};
	w.wanted = xcalloc(u->defs.n, sizeof(*w.wanted));
	w.order = xcalloc(u->defs.n, sizeof(*w.order));
	status = read_unit(&w);
	if (!status) {
		want(&w, (size_t)(def - u->defs.def));
		for (size_t i = 0; i < w.n; i++) {
			if (i == 0 || is_copied(&w, w.order[i]))
				follow(&w, w.order[i]);
		}
	}
	/* The first is the function itself. */
	if (!status && w.n) {
		qsort_r(w.order + 1, w.n - 1, sizeof(*w.order), by_line, u->defs.def);
		ret->n = w.n - 1;
		ret->def = xcalloc(ret->n, sizeof(*ret->def));
		for (size_t i = 0; i < ret->n; i++)
			ret->def[i] = &u->defs.def[w.order[i + 1]];
	}
	free(w.edge);
	free(w.body);
	free(w.concrete);
	free(w.variable);
	free(w.wanted);
	free(w.order);
	return status;
}

void needs_free(struct needs *n)
{
	free(n->def);
	*n = (struct needs){.n = 0};
}
