// SPDX-License-Identifier: GPL-2.0-only
/* Static variables within functions: see dwarf/locals.h. */
#include "dwarf/locals.h"

#include <string.h>

#include "base/util.h"

struct walk {
	const char *wanted; /* or NULL */
	const char *function;
	local_fn *fn;
	void *arg;
};

/*
 * A DIE's name, its own or that of the DIE which it is an instance of, "" when it has none; and the
 * line, 0 when it has none.
 */
static int name_of(struct dwarf_file *d, Dwarf_Die die, char *buf, size_t size, uint64_t *line)
{
	const char *name = "";
	Dwarf_Die origin;
	Dwarf_Off off;

	*line = 0;
	die_number(die, DW_AT_decl_line, line);
	if (!die_string(die, DW_AT_name, &name) &&
	    (die_reference(die, DW_AT_abstract_origin, &off) ||
	     die_reference(die, DW_AT_specification, &off))) {
		if (dwarf_file_die(d, off, &origin))
			return -1;
		if (!die_string(origin, DW_AT_name, &name))
			name = "";
		if (!*line)
			die_number(origin, DW_AT_decl_line, line);
		dwarf_dealloc_die(origin);
	}
	snprintf(buf, size, "%s", name);
	return 0;
}

/* Within the function: its variables, and its blocks, but not what is inlined into it. */
static int read_inside(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	const struct walk *w = arg;
	char name[KLP_LOCAL_NAME];
	uint64_t line;
	Dwarf_Half tag;

	if (!die_tag(die, &tag))
		return 0;
	if (tag == DW_TAG_lexical_block)
		return dwarf_file_children(d, die, read_inside, arg);
	if (tag != DW_TAG_variable)
		return 0;
	if (name_of(d, die, name, sizeof(name), &line))
		return -1;
	return w->fn(d, die,
		     &(struct local_place){.function = w->function, .name = name, .line = line},
		     w->arg);
}

static int read_function(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct walk *w = arg;
	char name[KLP_LOCAL_NAME];
	Dwarf_Half tag;
	uint64_t line;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram)
		return 0;
	if (name_of(d, die, name, sizeof(name), &line))
		return -1;
	if (w->wanted && strcmp(name, w->wanted) != 0)
		return 0;
	w->function = name;
	return dwarf_file_children(d, die, read_inside, arg);
}

int locals_each(struct dwarf_file *d, Dwarf_Off unit, const char *function, local_fn *fn, void *arg)
{
	struct walk w = {.wanted = function, .fn = fn, .arg = arg};
	CLEANUP_DIE Dwarf_Die die = NULL;

	if (dwarf_file_die(d, unit, &die))
		return -1;
	return dwarf_file_children(d, die, read_function, &w);
}

struct search {
	const char *name;
	uint64_t line;
	struct local *ret;
};

static void add_address(struct local *l, uint64_t addr, uint64_t line)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->addr[i] == addr)
			return;
	}
	if (l->n == LOCAL_PLACES)
		return;
	l->addr[l->n] = addr;
	l->line[l->n++] = line;
}

static int is_it(struct dwarf_file *d, Dwarf_Die die, const struct local_place *at, void *arg)
{
	const struct search *s = arg;
	uint64_t addr;

	if (strcmp(at->name, s->name) != 0 || (s->line && at->line != s->line))
		return 0;
	s->ret->declared = true;
	if (die_address(d, die, DW_AT_location, &addr))
		add_address(s->ret, addr, at->line);
	return 0;
}

int local_find(struct dwarf_file *d, Dwarf_Off unit, const char *function, const char *name,
	       uint64_t line, struct local *ret)
{
	struct search s = {.name = name, .line = line, .ret = ret};

	return locals_each(d, unit, function, is_it, &s);
}

size_t local_type(struct dwarf_file *d, const struct types *types, Dwarf_Die die)
{
	Dwarf_Off off, origin;
	Dwarf_Die named;
	bool known = die_reference(die, DW_AT_type, &off);

	if (!known && die_reference(die, DW_AT_abstract_origin, &origin) &&
	    !dwarf_file_die(d, origin, &named)) {
		known = die_reference(named, DW_AT_type, &off);
		dwarf_dealloc_die(named);
	}
	return known ? types_index(types, off) : TYPE_UNKNOWN;
}

bool local_is_of_place(const struct types *types, size_t type, const char *name)
{
	static const char *const structures[] = {"lock_class_key", "ratelimit_state", "_ddebug",
						 "once_work", "static_key_true"};
	const char *tag;

	if (str_starts(name, "__") || str_ends(name, "_once") || !strcmp(name, "_rs"))
		return true;
	type = type_strip(types, type);
	tag = types->t[type].name;
	for (size_t i = 0; tag && i < ARRAY_SIZE(structures); i++) {
		if (!strcmp(tag, structures[i]))
			return true;
	}
	return !type_size(types, type);
}
