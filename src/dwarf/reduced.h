/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Debug information that leaves something out. A name that a compile unit does not mention may
 * still be in its source. Taking it for missing would find another file's symbol of that name.
 */
#ifndef KLP_REDUCED_H
#define KLP_REDUCED_H

#include <stdbool.h>

#include "dwarf/file.h"
#include "dwarf/units.h"

/*
 * Why a unit does not have all names of its source file, as the end of a sentence, with the way
 * out; *why is NULL when it has them all. To be freed. error() and -1 when the DWARF is damaged.
 */
int reduced_names(struct dwarf_file *d, Dwarf_Off unit, char **why);

/*
 * error() and -1 when one of the units of a source file does not have all of its names. before:
 * what the message begins with, "a.c:1: " or "".
 */
int reduced_refuse(struct dwarf_file *d, const struct unit_query *q, const char *before);

/* Has a unit only the names of structures that its headers define (CONFIG_DEBUG_INFO_REDUCED)? */
bool reduced_structures(Dwarf_Die unit);

/*
 * Has a unit only functions, neither types nor variables (-g1)? A unit of the assembler has none of
 * these either, but does not count. -1 after error() when the DWARF is damaged.
 */
int reduced_to_lines(struct dwarf_file *d, Dwarf_Die unit);

/*
 * Has a file type units (-fdebug-types-section)? Its compile units then have some of their types
 * elsewhere, and refer to them by signature.
 */
bool reduced_to_type_units(struct dwarf_file *d);

#endif
