/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libdwarf's object-access interface over the debug sections of a file, of which it copies nothing.
 */
#ifndef KLP_DWARF_OBJECT_H
#define KLP_DWARF_OBJECT_H

#include <libdwarf.h>

#include "dwarf/sections.h"

struct dwarf_object;

struct dwarf_object *dwarf_object_create(struct debug_sections *sections);
void dwarf_object_destroy(struct dwarf_object *o);

/* libdwarf gets these bytes of that section instead of the file's; they stay the caller's. */
void dwarf_object_replace(struct dwarf_object *o, const char *section, const unsigned char *bytes);

/* Opens the object for libdwarf: DW_DLV_OK, or another code with *err set. */
int dwarf_object_open(struct dwarf_object *o, Dwarf_Debug *dbg, Dwarf_Error *err);

/* Ends what dwarf_object_open() began. */
void dwarf_object_end(Dwarf_Debug dbg);

#endif
