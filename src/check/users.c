// SPDX-License-Identifier: GPL-2.0-only
/* Who goes on using the kernel's code of a function: see check/users.h. */
#include "check/users.h"

#include <stdlib.h>
#include <string.h>

#include "check/pointers.h"
#include "check/same.h"
#include "dwarf/lines.h"
#include "dwarf/units.h"
#include "image/inlined_list.h"

#define LIST_MAX 20

/* How often the callers of callers are asked for. */
#define ROUNDS_MAX 16

enum state { UNKNOWN_YET, BEING_ASKED, RUNS, RUNS_NO_MORE };

/* A function that uses others, or is used. */
struct node {
	const struct ksym *sym;
	enum state state;
};

struct graph {
	struct check *c;
	struct check_debug *debug;
	const struct object *loaded; /* with the code */
	struct node *node;
	size_t nodes, nodes_cap;
	struct callers calls, pointers; /* to nodes */
	bool unknown;			/* the calls are unknown */
	bool more;			/* there may be more pointers than those */
	bool compared;			/* users.compared of those that are looked for */
	/* The unit that was last asked about, and whether it is that of a compared file. */
	Dwarf_Off unit;
	bool unit_compared;
};

static size_t find_node(const struct graph *g, const struct ksym *sym)
{
	size_t i = 0;

	while (i < g->nodes && g->node[i].sym != sym)
		i++;
	return i;
}

static void add_node(struct graph *g, const struct ksym *sym)
{
	if (find_node(g, sym) < g->nodes)
		return;
	GROW(g->node, g->nodes, g->nodes_cap);
	g->node[g->nodes++] = (struct node){.sym = sym};
}

static const struct ksym *function_with(const struct graph *g, uint64_t addr)
{
	struct functions *all = check_functions(g->debug);

	return functions_whole(all, functions_at(all, addr));
}

static void append(struct callers *to, const struct callers *from)
{
	for (size_t i = 0; i < from->n; i++) {
		GROW(to->c, to->n, to->cap);
		to->c[to->n++] = from->c[i];
	}
}

/* Who leads to the nodes from number first on. */
static int read_uses(struct graph *g, size_t first)
{
	uint64_t *to = xcalloc(g->nodes - first, sizeof(*to));
	struct callers calls = {0}, pointers = {0};
	const struct arch *arch = g->c->target->arch;
	struct dwarf_file *d = g->debug->o->dwarf;
	size_t n = g->nodes - first;
	int status;

	for (size_t i = 0; i < n; i++)
		to[i] = g->node[first + i].sym->addr;
	status = callers_find(g->loaded->elf, arch, d, to, n, &calls);
	if (!status)
		status = pointers_find(g->loaded->elf, arch, d, to, n, &pointers);
	if (status > 0)
		g->unknown = true;
	append(&g->calls, &calls);
	append(&g->pointers, &pointers);
	callers_free(&calls);
	callers_free(&pointers);
	free(to);
	return status < 0 ? -1 : 0;
}

/* The functions that lead to static ones, and so on; others may be called from anywhere. */
static int read_graph(struct graph *g)
{
	size_t first = 0, calls = 0;

	for (size_t round = 0; round < ROUNDS_MAX && first < g->nodes && !g->unknown; round++) {
		size_t last = g->nodes;

		if (read_uses(g, first))
			return -1;
		first = last;
		for (; calls < g->calls.n; calls++) {
			const struct ksym *by = function_with(g, g->calls.c[calls].from);

			if (by && !by->global && !check_covered(g->c, g->debug, by))
				add_node(g, by);
		}
	}
	return 0;
}

static bool is_taken(const struct graph *g, const struct ksym *sym)
{
	for (size_t i = 0; i < g->pointers.n; i++) {
		if (g->pointers.c[i].to == sym->addr)
			return true;
	}
	return false;
}

/* Is that function still run? */
static bool runs(struct graph *g, const struct ksym *sym)
{
	size_t i = find_node(g, sym), callers = 0;
	bool yes = false;

	if (check_covered(g->c, g->debug, sym) || check_is_unused_entry(g->c, g->debug, sym))
		return false;
	if (i == g->nodes || sym->global || g->unknown || is_taken(g, sym))
		return true;
	if (g->node[i].state != UNKNOWN_YET)
		return g->node[i].state == RUNS;
	g->node[i].state = BEING_ASKED;
	for (size_t k = 0; k < g->calls.n && !yes; k++) {
		const struct ksym *by;

		if (g->calls.c[k].to != sym->addr)
			continue;
		callers++;
		by = function_with(g, g->calls.c[k].from);
		yes = by != sym && (!by || runs(g, by));
	}
	/* A function to which no branch leads is entered in a way that is not seen here. */
	yes |= !callers;
	g->node[i].state = yes ? RUNS : RUNS_NO_MORE;
	return yes;
}

static void add_line(struct users *u, char *line)
{
	if (u->n < LIST_MAX)
		xappend(&u->list, "\n  %s", line);
	u->n++;
	free(line);
}

struct line {
	Dwarf_Die unit;
	char *text;
};

static bool take_line(const char *file, uint64_t number, void *arg)
{
	struct line *line = arg;

	line->text =
		xasprintf(" at %s:%llu", unit_file(line->unit, file), (unsigned long long)number);
	return true;
}

/* " at PATH:LINE" of code, or "". */
static char *line_of(struct dwarf_file *d, uint64_t addr)
{
	struct line line = {.text = NULL};
	Dwarf_Off unit;

	units_at(d, &addr, 1, &unit);
	if (unit && !dwarf_file_die(d, unit, &line.unit)) {
		code_lines_in(d, unit, addr, take_line, &line);
		dwarf_dealloc_die(line.unit);
	}
	return line.text ? line.text : xstrdup("");
}

static const char *refusal(const struct graph *g, const struct ksym *sym)
{
	return object_refusal(&g->c->with_dwarf, g->debug->o, sym);
}

static void list_callers(struct graph *g, struct users *u, const struct ksym *sym)
{
	const struct ksym *last = NULL;

	for (size_t i = 0; i < g->calls.n; i++) {
		const struct ksym *by = function_with(g, g->calls.c[i].from);
		const char *why;
		char *place;

		if (g->calls.c[i].to != sym->addr || by == sym || (by && by == last) ||
		    (by && !runs(g, by)))
			continue;
		last = by;
		place = line_of(g->debug->o->dwarf, g->calls.c[i].from);
		why = by ? refusal(g, by) : NULL;
		add_line(u,
			 xasprintf("%s calls it%s%s%s", by ? by->name : "what has no name", place,
				   why ? ", but cannot be patched: " : "", why ? why : ""));
		free(place);
	}
}

/* "'codel_qdisc_ops'", or where it is. */
static char *data_name(const struct graph *g, uint64_t from)
{
	struct comparison *all = check_comparison(g->c);
	struct counterpart *p = all ? comparison_with(g->c, all, g->loaded) : NULL;
	const struct ksym *sym = NULL;

	if (p && elf_file_same_place(g->debug->o->elf, from, g->loaded->elf, &from))
		sym = code_symbol(&p->code, from);
	return sym ? xasprintf("'%s'", sym->name)
		   : xasprintf("what is at 0x%llx", (unsigned long long)from);
}

/* Who may call it through a pointer, and modules. */
static void list_others(struct graph *g, struct users *u, const struct ksym *sym)
{
	const struct symver *export =
		sym->global ? symvers_find(&g->c->target->symvers, sym->name) : NULL;

	for (size_t i = 0; i < g->pointers.n; i++) {
		uint64_t from = g->pointers.c[i].from;
		const struct ksym *by;
		char *name;

		if (g->pointers.c[i].to != sym->addr)
			continue;
		by = function_with(g, from);
		if (by && !runs(g, by))
			continue;
		name = by ? xstrdup(by->name) : data_name(g, from);
		add_line(u, xasprintf("%s has its address", name));
		free(name);
	}
	if (export && symver_in_vmlinux(export) == !g->debug->o->module)
		add_line(u, xstrdup("modules may call it: it is exported"));
}

bool users_compared(const struct check *c, struct dwarf_file *d, Dwarf_Off unit)
{
	Dwarf_Die die;
	bool found = false;

	if (!c->compared_num || dwarf_file_die(d, unit, &die))
		return false;
	for (size_t i = 0; i < c->compared_num && !found; i++)
		found = !strcmp(c->compared[i], unit_path(die));
	dwarf_dealloc_die(die);
	return found;
}

/* Is it known that a copy is what the patched source becomes? */
static bool is_as_patched(struct graph *g, const struct inlined_place *p)
{
	if (!g->compared)
		return false;
	if (g->unit != p->unit)
		g->unit_compared = users_compared(g->c, g->debug->o->dwarf, p->unit);
	g->unit = p->unit;
	return g->unit_compared;
}

/* Which inlined copies to list. */
static bool is_run(const struct inlined_place *p, const struct ksym *in, void *arg)
{
	return !is_as_patched(arg, p) && (!in || runs(arg, in));
}

static void list_inlined(struct graph *g, struct users *u, const struct inlined *in, size_t number)
{
	const struct inlined_list l = {
		.objects = &g->c->with_dwarf,
		.object = g->debug->o,
		.functions = check_functions(g->debug),
		.wanted = is_run,
		.arg = g,
	};
	size_t n;
	char *list = inlined_list(&l, in, number, &n);

	if (list)
		xappend(&u->list, "%s", list);
	u->n += n;
	free(list);
}

/* The code of its own that a function has, once or more. */
static const struct ksym *own_code(const struct graph *g, const struct inlined_place *p)
{
	return p->own ? inlined_container(check_functions(g->debug), p) : NULL;
}

static void list_users(struct graph *g, const struct inlined *in, struct users *u, size_t number)
{
	list_inlined(g, u, in, number);
	for (size_t i = 0; i < in->n; i++) {
		const struct ksym *sym =
			in->place[i].function == number ? own_code(g, &in->place[i]) : NULL;

		if (!sym || check_covered(g->c, g->debug, sym) || is_as_patched(g, &in->place[i]))
			continue;
		u->unknown |= g->unknown || g->more;
		list_callers(g, u, sym);
		list_others(g, u, sym);
	}
	if (u->n > LIST_MAX)
		xappend(&u->list, "\n  ... %zu in all", u->n);
}

/* The functions that have an inlined copy may run no more, too. */
static void add_nodes(struct graph *g, const struct inlined *in)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct ksym *sym =
			inlined_container(check_functions(g->debug), &in->place[i]);

		if (sym && (in->place[i].own || !sym->global))
			add_node(g, sym);
	}
}

int users_find(struct check *c, struct check_debug *debug, struct users *u, size_t n)
{
	const struct object *loaded = check_object(c, debug->o->module ? debug->o->name : NULL);
	struct graph g = {.c = c, .debug = debug, .loaded = loaded ? loaded : debug->o};
	const struct def **def = xcalloc(n, sizeof(*def));
	struct inlined in = {0};
	int status;

	g.more = !pointers_all_known(g.loaded->elf, c->target->arch);
	for (size_t i = 0; i < n; i++)
		def[i] = &u[i].def;
	status = inlined_find(debug->o->dwarf, def, n, &in);
	if (!status) {
		add_nodes(&g, &in);
		status = read_graph(&g);
	}
	for (size_t i = 0; i < n && !status; i++) {
		g.compared = u[i].compared;
		list_users(&g, &in, &u[i], i);
	}
	inlined_free(&in);
	callers_free(&g.calls);
	callers_free(&g.pointers);
	free(g.node);
	free(def);
	return status;
}

void users_free(struct users *u)
{
	free(u->list);
}
