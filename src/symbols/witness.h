/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The second witness of the kernel's symbols: a System.map or /proc/kallsyms of the same kernel.
 * Positions are counted in vmlinux's symbol table; where the witness disagrees, that is an error.
 * Format: kernel/kallsyms.c, s_show(); scripts/mksysmap has the same lines.
 */
#ifndef KLP_WITNESS_H
#define KLP_WITNESS_H

#include "elf/elf_file.h"
#include "symbols/kallsyms.h"

/*
 * Compares the wanted names with a System.map or a copy of /proc/kallsyms: as many entries of
 * each name, in the same order of addresses (all of them may be moved by KASLR's offset).
 * error() and -1 on a difference, on a cut-short file and on hidden (zero) addresses.
 */
int witness_verify(const struct kallsyms *k, const struct elf_file *vmlinux, const char *path);

#endif
