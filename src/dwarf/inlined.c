// SPDX-License-Identifier: GPL-2.0-only
/* The copies of a function: see dwarf/inlined.h. */
#include "dwarf/inlined.h"

#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "base/search.h"
#include "base/util.h"
#include "dwarf/calls.h"
#include "dwarf/mention.h"
#include "dwarf/ranges.h"
#include "dwarf/units.h"

/* A DIE that stands for a wanted function, in its own unit or, of a header's, in another one. */
struct origin {
	Dwarf_Off die, unit;
	size_t function;
};

struct search {
	struct dwarf_file *d;
	const struct def *const *def;
	size_t n;
	char **place;	       /* of each function: "path:line" */
	bool *shared;	       /* of each function: other units may have it, too */
	bool all;	       /* ... any of them */
	bool crossing;	       /* units refer to DIEs of others */
	struct origin *origin; /* by DIE */
	size_t origins, origins_cap;
	Dwarf_Off *unit; /* to read */
	size_t units, units_cap;
	struct inlined *ret;
};

/* The work on one unit. */
struct unit_walk {
	const struct search *s;
	struct parallel *p;
	Dwarf_Off unit;
	Dwarf_Off function; /* DIE of the function that is being read */
};

static int by_die(const void *a, const void *b)
{
	const struct origin *x = a, *y = b;

	return ORDER(x->die, y->die);
}

static int by_place(const void *a, const void *b)
{
	const struct inlined_place *x = a, *y = b;

	return ORDER(x->function, y->function) ?: ORDER(x->unit, y->unit) ?: ORDER(x->code[0], y->code[0]) ?: ORDER(x->line, y->line);
}

/* The first of the origins with that DIE: two symbols of one function of a header share it. */
static size_t find_origins_of(const struct search *s, Dwarf_Off die)
{
	return COUNT_FIRST(i, s->origins, s->origin[i].die < die);
}

/* Step 1: the DIEs that stand for the wanted functions. */

static void add_origin(struct search *s, const struct origin *o)
{
	GROW(s->origin, s->origins, s->origins_cap);
	s->origin[s->origins++] = *o;
}

static void take_origin(struct parallel *p, const void *record)
{
	add_origin(p->arg, record);
}

/* Is the DIE the definition of that function, in another unit than its own? */
static bool is_same(const struct unit_walk *w, Dwarf_Die die, const char *name, size_t function)
{
	const struct def *def = w->s->def[function];
	struct def found = {.unit = w->unit};
	char place[512];

	if (!w->s->shared[function] || def->unit == w->unit || strcmp(name, def->name) != 0 ||
	    die_flag(die, DW_AT_declaration) || !die_number(die, DW_AT_decl_line, &found.line) ||
	    found.line != def->line)
		return false;
	die_number(die, DW_AT_decl_file, &found.file);
	def_place(w->s->d, &found, place, sizeof(place));
	return !strcmp(place, w->s->place[function]);
}

static int look_for_origin(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct unit_walk *w = arg;
	struct origin o = {.unit = w->unit};
	const char *name;
	Dwarf_Half tag;

	(void)d;
	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram || !die_string(die, DW_AT_name, &name))
		return 0;
	for (o.function = 0; o.function < w->s->n; o.function++) {
		if (is_same(w, die, name, o.function) && die_offset(die, &o.die))
			parallel_send(w->p, &o);
	}
	return 0;
}

static int walk_unit(struct parallel *p, const struct search *s, Dwarf_Off unit,
		     int (*fn)(struct dwarf_file *d, Dwarf_Die child, void *arg))
{
	struct unit_walk w = {.s = s, .p = p, .unit = unit};
	CLEANUP_DIE Dwarf_Die die = NULL;

	if (dwarf_file_die(s->d, unit, &die))
		return -1;
	return dwarf_file_children(s->d, die, fn, &w);
}

static int find_origins(struct parallel *p, size_t i)
{
	const struct search *s = p->arg;

	return walk_unit(p, s, s->unit[i], look_for_origin);
}

/* Step 2: what refers to these DIEs. */

/* A copy of what that DIE stands for, if it is wanted: inlined, or else the function being read. */
static void send_places(struct unit_walk *w, Dwarf_Off die, Dwarf_Die inlined)
{
	const struct search *s = w->s;
	size_t i = find_origins_of(s, die);
	struct inlined_place place;
	Dwarf_Die function;

	if (i == s->origins || s->origin[i].die != die)
		return;
	/* memset, because the padding goes through a pipe as well. */
	memset(&place, 0, sizeof(place));
	place.unit = w->unit;
	place.own = !inlined;
	if (dwarf_file_die(s->d, w->function, &function))
		return;
	place.parts = die_code_addresses(s->d, function, place.code, CODE_PARTS);
	dwarf_dealloc_die(function);
	if (inlined) {
		die_number(inlined, DW_AT_call_file, &place.file);
		die_number(inlined, DW_AT_call_line, &place.line);
	}
	for (; place.parts && i < s->origins && s->origin[i].die == die; i++) {
		place.function = s->origin[i].function;
		parallel_send(w->p, &place);
	}
}

static int look_at_code(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	Dwarf_Off off;

	(void)d;
	if (!dwarf_code_is_call(die) && die_reference(die, DW_AT_abstract_origin, &off))
		send_places(arg, off, die);
	return 0;
}

/* A function of the unit: is it a copy itself, and does it have any? */
static int look_into_function(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct unit_walk *w = arg;
	uint64_t code;
	Dwarf_Half tag;
	Dwarf_Off off;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram || !die_offset(die, &w->function) ||
	    !die_code_addresses(d, die, &code, 1))
		return 0;
	send_places(w, w->function, NULL);
	if (die_reference(die, DW_AT_abstract_origin, &off))
		send_places(w, off, NULL);
	return dwarf_code_each(d, die, look_at_code, w);
}

static int find_places(struct parallel *p, size_t i)
{
	const struct search *s = p->arg;

	return walk_unit(p, s, s->unit[i], look_into_function);
}

static void take_place(struct parallel *p, const void *record)
{
	const struct search *s = p->arg;

	GROW(s->ret->place, s->ret->n, s->ret->cap);
	memcpy(&s->ret->place[s->ret->n++], record, sizeof(*s->ret->place));
}

static void add_unit(struct search *s, Dwarf_Off unit)
{
	GROW(s->unit, s->units, s->units_cap);
	s->unit[s->units++] = unit;
}

/* A few functions have few units; a header's function has many, but they are in order. */
static void add_unit_once(struct search *s, Dwarf_Off unit)
{
	for (size_t k = s->units; k-- > 0;) {
		if (s->unit[k] == unit)
			return;
	}
	add_unit(s, unit);
}

static int add_all_units(struct search *s)
{
	struct unit_range range = {0};
	int more;

	while ((more = dwarf_file_next_range(s->d, &range)) > 0)
		add_unit(s, range.die);
	return more;
}

/* The units that have origins. */
static void add_origins_units(struct search *s)
{
	for (size_t i = 0; i < s->origins; i++)
		add_unit_once(s, s->origin[i].unit);
}

static bool is_line_of(const char *place, const char *path)
{
	return str_starts(place, path) && place[strlen(path)] == ':';
}

/*
 * A C file, too, is compiled more than once: under different macros, or as another one includes it
 * (fs/compat_binfmt_elf.c, kernel/sched/build_policy.c). Adds the other units that have it.
 */
static int add_sharing(struct search *s, size_t function)
{
	const char *place = s->place[function], *colon = strrchr(place, ':');
	char *path = xstrndup(place, colon ? (size_t)(colon - place) : strlen(place));
	struct unit_query q = {.path = path};
	int status = units_sharing(s->d, &q);

	for (size_t i = 0; i < q.n; i++) {
		if (q.unit[i].die == s->def[function]->unit)
			continue;
		s->shared[function] = true;
		add_unit_once(s, q.unit[i].die);
	}
	units_free(&q, 1);
	free(path);
	return status;
}

/* Where each function is defined, and whether that is seen by one unit only. */
static int place_functions(struct search *s)
{
	int status = 0;

	for (size_t i = 0; i < s->n && !status; i++) {
		const struct def *def = s->def[i];
		struct origin own = {.die = def->die, .unit = def->unit, .function = i};
		char place[512];
		Dwarf_Die unit;

		def_place(s->d, def, place, sizeof(place));
		s->place[i] = xstrdup(place);
		add_origin(s, &own);
		if (dwarf_file_die(s->d, def->unit, &unit))
			continue;
		/* Functions written in assembler have neither copies nor lines. */
		s->shared[i] = def->line && (s->crossing || !is_line_of(place, unit_path(unit)));
		s->all |= s->shared[i];
		dwarf_dealloc_die(unit);
		if (def->line && !s->shared[i])
			status = add_sharing(s, i);
	}
	return status;
}

static int find_all_origins(struct search *s)
{
	struct parallel p = {
		.what = "compile units looked through",
		.record_size = sizeof(struct origin),
		.work = find_origins,
		.take = take_origin,
		.arg = s,
	};
	if (s->all) {
		s->units = 0;
		if (add_all_units(s))
			return -1;
	}
	if (!s->units)
		return 0;
	p.items = s->units;
	return parallel_run(&p);
}

static int find_all_places(struct search *s)
{
	struct parallel p = {
		.what = "compile units read for inlined functions",
		.record_size = sizeof(struct inlined_place),
		.work = find_places,
		.take = take_place,
		.arg = s,
	};

	qsort(s->origin, s->origins, sizeof(*s->origin), by_die);
	if (!s->crossing) {
		s->units = 0;
		add_origins_units(s);
	}
	p.items = s->units;
	s->ret->units = s->units;
	return parallel_run(&p);
}

int inlined_find(struct dwarf_file *d, const struct def *const *def, size_t n, struct inlined *ret)
{
	struct search s = {.d = d, .def = def, .n = n, .ret = ret};
	int status = 0;

	memset(ret, 0, sizeof(*ret));
	s.place = xcalloc(n, sizeof(*s.place));
	s.shared = xcalloc(n, sizeof(*s.shared));
	s.crossing = mention_across_units(d);
	if (n)
		status =
			place_functions(&s) || find_all_origins(&s) || find_all_places(&s) ? -1 : 0;
	if (ret->n)
		qsort(ret->place, ret->n, sizeof(*ret->place), by_place);
	for (size_t i = 0; i < n; i++)
		free(s.place[i]);
	free(s.place);
	free(s.shared);
	free(s.origin);
	free(s.unit);
	if (status)
		inlined_free(ret);
	return status;
}

void inlined_call(struct dwarf_file *d, const struct inlined_place *p, char *buf, size_t size)
{
	const struct def call = {.unit = p->unit, .file = p->file, .line = p->line};

	if (p->line)
		def_place(d, &call, buf, size);
	else
		snprintf(buf, size, "?");
}

void inlined_free(struct inlined *in)
{
	free(in->place);
	memset(in, 0, sizeof(*in));
}
