/* SPDX-License-Identifier: GPL-2.0-only */
/* Which other file has a part of a file's debug information. */
#ifndef KLP_DWARF_ALTERNATE_H
#define KLP_DWARF_ALTERNATE_H

#include "elf/elf_file.h"

/*
 * The file with the part of a file's debug information that dwz -m has moved out because several
 * files have it. NULL when there is none.
 */
const char *dwarf_alternate(const struct elf_file *elf);

#endif
