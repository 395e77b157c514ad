// SPDX-License-Identifier: GPL-2.0-only
/* Static variables within functions: see locals.h. */
#include "locals.h"

#include <string.h>

#include "util.h"

struct search {
	const char *function, *name;
	struct local *ret;
};

/* A DIE's name, its own or that of the DIE which it is an instance of; "" when it has none. */
static int name_of(struct dwarf_file *d, Dwarf_Die die, char *buf, size_t size)
{
	const char *name = "";
	Dwarf_Die origin;
	Dwarf_Off off;

	if (!die_string(die, DW_AT_name, &name) &&
	    (die_reference(die, DW_AT_abstract_origin, &off) ||
	     die_reference(die, DW_AT_specification, &off))) {
		if (dwarf_file_die(d, off, &origin))
			return -1;
		if (!die_string(origin, DW_AT_name, &name))
			name = "";
		dwarf_dealloc_die(origin);
	}
	snprintf(buf, size, "%s", name);
	return 0;
}

static void add_address(struct local *l, uint64_t addr)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->addr[i] == addr)
			return;
	}
	if (l->n < ARRAY_SIZE(l->addr))
		l->addr[l->n++] = addr;
}

/* Within the function: its variables, and its blocks, but not what is inlined into it. */
static int read_inside(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	const struct search *s = arg;
	char name[KLP_LOCAL_NAME];
	uint64_t addr;
	Dwarf_Half tag;

	if (!die_tag(die, &tag))
		return 0;
	if (tag == DW_TAG_lexical_block)
		return dwarf_file_children(d, die, read_inside, arg);
	if (tag != DW_TAG_variable)
		return 0;
	if (name_of(d, die, name, sizeof(name)))
		return -1;
	if (strcmp(name, s->name) != 0)
		return 0;
	s->ret->declared = true;
	if (die_address(d, die, DW_AT_location, &addr))
		add_address(s->ret, addr);
	return 0;
}

static int read_function(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	const struct search *s = arg;
	char name[KLP_LOCAL_NAME];
	Dwarf_Half tag;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram)
		return 0;
	if (name_of(d, die, name, sizeof(name)))
		return -1;
	return strcmp(name, s->function) ? 0 : dwarf_file_children(d, die, read_inside, arg);
}

int local_find(struct dwarf_file *d, Dwarf_Off unit, const char *function, const char *name,
	       struct local *ret)
{
	struct search s = {.function = function, .name = name, .ret = ret};
	Dwarf_Die die;
	int status;

	if (dwarf_file_die(d, unit, &die))
		return -1;
	status = dwarf_file_children(d, die, read_function, &s);
	dwarf_dealloc_die(die);
	return status;
}
