/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of symbols in the kernel itself, as vmlinux has it: what its own build has put there. */
#ifndef KLP_KALLSYMS_TABLE_H
#define KLP_KALLSYMS_TABLE_H

#include <stdbool.h>

#include "elf/elf_file.h"

/*
 * Is the name in it? Also false where vmlinux has no such list, or one of another form. Rules:
 * kernel/kallsyms.c, kallsyms_expand_symbol(); scripts/kallsyms.c, write_src().
 */
bool kallsyms_table_has(const struct elf_file *vmlinux, const char *name);

#endif
