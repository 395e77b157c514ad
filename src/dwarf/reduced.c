// SPDX-License-Identifier: GPL-2.0-only
/* Debug information that leaves something out: see dwarf/reduced.h. */
#include "dwarf/reduced.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/imports.h"
#include "dwarf/ranges.h"

/* The file with the debug information of a unit that is only a skeleton, or NULL. */
static const char *split_file(Dwarf_Die unit)
{
	const char *name;

	if (die_string(unit, DW_AT_dwo_name, &name) || die_string(unit, DW_AT_GNU_dwo_name, &name))
		return name;
	return NULL;
}

static bool has_attribute(Dwarf_Die die, Dwarf_Half number)
{
	Dwarf_Bool has = 0;

	return dwarf_hasattr(die, number, &has, NULL) == DW_DLV_OK && has;
}

/*
 * 1, which ends the walk, for what is only there when all is: a type, or something that has one.
 * With -g1 gcc writes functions and the variables that other files can mean, without types.
 */
static int look_for_types(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	bool *any = arg;
	uint64_t addr;
	Dwarf_Half tag;

	if (!die_tag(die, &tag))
		return 0;
	if (tag != DW_TAG_subprogram && tag != DW_TAG_variable)
		return 1;
	*any |= die_code_addresses(d, die, &addr, 1) > 0 ||
		die_address(d, die, DW_AT_location, &addr);
	return has_attribute(die, DW_AT_prototyped) || has_attribute(die, DW_AT_type);
}

static bool has_flag(Dwarf_Die unit, const char *flag)
{
	const char *producer, *at;

	if (!die_string(unit, DW_AT_producer, &producer))
		return false;
	at = strstr(producer, flag);
	return at && (!at[strlen(flag)] || at[strlen(flag)] == ' ');
}

int reduced_to_lines(struct dwarf_file *d, Dwarf_Die unit)
{
	uint64_t language;
	bool any = false;
	int whole;

	if (die_number(unit, DW_AT_language, &language) && language == DW_LANG_Mips_Assembler)
		return 0;
	whole = imports_children(d, unit, look_for_types, &any);
	if (whole)
		return whole < 0 ? -1 : 0;
	return any || has_flag(unit, " -g1");
}

bool reduced_structures(Dwarf_Die unit)
{
	const char *producer;

	return die_string(unit, DW_AT_producer, &producer) &&
	       strstr(producer, "-femit-struct-debug-baseonly") != NULL;
}

int reduced_names(struct dwarf_file *d, Dwarf_Off off, char **why)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;
	const char *split;
	int lines = 0;

	*why = NULL;
	if (dwarf_file_die(d, off, &unit))
		return -1;
	split = split_file(unit);
	if (split)
		*why = xasprintf("is in '%s', not in '%s' (-gsplit-dwarf): which names are its own "
				 "cannot be told\n"
				 "  use one that is compiled without -gsplit-dwarf (a kernel: with "
				 "CONFIG_DEBUG_INFO_SPLIT off)",
				 split, d->elf->path);
	else
		lines = reduced_to_lines(d, unit);
	if (lines > 0)
		*why = xasprintf("has no types and no variables in '%s' (-g1): which names are its "
				 "own cannot be told\n"
				 "  use one that is compiled with -g",
				 d->elf->path);
	return lines < 0 ? -1 : 0;
}

int reduced_refuse(struct dwarf_file *d, const struct unit_query *q, const char *before)
{
	int status = 0;

	for (size_t u = 0; u < q->n && !status; u++) {
		char *why;

		status = reduced_names(d, q->unit[u].die, &why);
		if (why) {
			error("%sthe debug information of %s %s", before, q->path, why);
			status = -1;
		}
		free(why);
	}
	return status;
}

bool reduced_to_type_units(struct dwarf_file *d)
{
	if (d->type_units == TYPE_UNITS_UNKNOWN)
		d->type_units = dwarf_file_may_have(d, DW_AT_type, DW_FORM_ref_sig8)
					? TYPE_UNITS
					: TYPE_UNITS_NONE;
	return d->type_units == TYPE_UNITS;
}
