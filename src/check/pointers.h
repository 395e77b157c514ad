/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the addresses of some functions stand: in code that takes them, in tables of operations. A
 * linked vmlinux is searched for the numbers, as code of x86_64 has them (four bytes with a sign)
 * and as data do (eight bytes, aligned, or in relocations); of a module the relocations say it.
 */
#ifndef KLP_POINTERS_H
#define KLP_POINTERS_H

#include <stdbool.h>

#include "same/callers.h"

/*
 * Can all of them be seen? In a linked kernel only where code has addresses in one piece; on other
 * architectures several instructions make an address.
 */
bool pointers_all_known(const struct elf_file *elf, const struct arch *arch);

/*
 * The other half of callers_find(): ->from is the place of an address. Lists that only describe
 * code to the kernel (call sites of ftrace, functions that must not be probed) do not count. -1
 * after error().
 */
int pointers_find(const struct elf_file *elf, const struct arch *arch, struct dwarf_file *d,
		  const uint64_t *to, size_t n, struct callers *ret);

#endif
