// SPDX-License-Identifier: GPL-2.0-only
/* Code in DWARF: see dwarf/calls.h. */
#include "dwarf/calls.h"

struct walk {
	int (*fn)(struct dwarf_file *d, Dwarf_Die die, void *arg);
	void *arg;
};

static int read_child(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct walk *w = arg;
	Dwarf_Half tag;
	int status = 0;

	if (!die_tag(die, &tag))
		return 0;
	if (tag == DW_TAG_inlined_subroutine || dwarf_code_is_call(die))
		status = w->fn(d, die, w->arg);
	if (status || (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block &&
		       tag != DW_TAG_subprogram))
		return status;
	return dwarf_file_children(d, die, read_child, w);
}

int dwarf_code_each(struct dwarf_file *d, Dwarf_Die function,
		    int (*fn)(struct dwarf_file *d, Dwarf_Die die, void *arg), void *arg)
{
	struct walk w = {.fn = fn, .arg = arg};

	return dwarf_file_children(d, function, read_child, &w);
}

bool dwarf_code_is_call(Dwarf_Die die)
{
	Dwarf_Half tag;

	return die_tag(die, &tag) && (tag == DW_TAG_call_site || tag == DW_TAG_GNU_call_site);
}

bool dwarf_code_callee(Dwarf_Die call, Dwarf_Off *ret)
{
	return die_reference(call, DW_AT_call_origin, ret) ||
	       die_reference(call, DW_AT_abstract_origin, ret);
}

static int is_passed(struct dwarf_file *d, Dwarf_Die parameter, void *arg)
{
	const uint64_t *wanted = arg;
	uint64_t addr;

	return (die_address(d, parameter, DW_AT_call_value, &addr) ||
		die_address(d, parameter, DW_AT_GNU_call_site_value, &addr)) &&
	       addr == *wanted;
}

bool dwarf_code_passes(struct dwarf_file *d, Dwarf_Die call, uint64_t addr)
{
	return dwarf_file_children(d, call, is_passed, &addr) > 0;
}
