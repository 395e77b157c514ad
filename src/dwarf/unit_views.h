/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single units of a large file for libdwarf.
 *
 * libdwarf goes to a unit by way of all units before it, and reads the abbreviations of each: a
 * tenth of a second in a vmlinux. So it is given a view of the file in which the first unit seems
 * to reach up to the unit that is asked for. All offsets stay what they are. Nobody asks for the
 * first unit there, and no unit refers to another one in a way that libdwarf itself would follow:
 * where there are units of types, there are no views.
 *
 * A unit has either a view or none, so that all its DIEs are of one Dwarf_Debug.
 */
#ifndef KLP_UNIT_VIEWS_H
#define KLP_UNIT_VIEWS_H

#include <libdwarf.h>
#include <stdbool.h>
#include <stddef.h>

#include "dwarf/sections.h"

struct dwarf_object;

/* More than a patch leads to; who reads more units reads them all. */
#define UNIT_VIEWS_MAX 24

struct unit_view {
	Dwarf_Off begin, end; /* of the unit */
	struct dwarf_object *object;
	Dwarf_Debug dbg;
	unsigned char *map; /* the file's bytes from the page on that .debug_info begins in */
	size_t map_size;
};

struct unit_views {
	struct unit_view view[UNIT_VIEWS_MAX];
	size_t n;
	bool checked, useless;
	Dwarf_Off reached; /* the file's own Dwarf_Debug has gone through the units before this */
};

/* The view of the unit that holds that offset, or NULL: the file's own Dwarf_Debug has it. */
const struct unit_view *unit_view_at(const struct unit_views *v, Dwarf_Off off);

/* The same, and makes one if that is of use. */
const struct unit_view *unit_view_find(struct unit_views *v, struct debug_sections *sections,
				       Dwarf_Off off);

/* The file's own Dwarf_Debug is going to be asked for that unit. */
void unit_views_pass(struct unit_views *v, Dwarf_Off off);

void unit_views_end(struct unit_views *v);

#endif
