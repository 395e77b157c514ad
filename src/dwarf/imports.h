/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Units that a unit imports (DW_TAG_imported_unit, DWARF 5, 3.2.5): dwz moves there what several
 * units have.
 */
#ifndef KLP_IMPORTS_H
#define KLP_IMPORTS_H

#include "dwarf/file.h"

/*
 * As dwarf_file_children(), for the children of a unit, and then of the units that it imports, each
 * read once.
 */
int imports_children(struct dwarf_file *d, Dwarf_Die unit,
		     int (*fn)(struct dwarf_file *d, Dwarf_Die child, void *arg), void *arg);

/* Does a unit import others? -1 after error() when the DWARF is damaged. */
int imports_any(struct dwarf_file *d, Dwarf_Die unit);

#endif
