/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The addresses that stand in the data of a kernel that moves as a whole: a linker may write them
 * into its relocations only, and leave zeros where they belong (arm64).
 */
#ifndef KLP_BASED_H
#define KLP_BASED_H

#include <stdint.h>

#include "arch/arch.h"
#include "elf/elf_file.h"

/* Calls fn for each such relocation of a linked file: where an address belongs, and which. */
void based_each(const struct elf_file *f, const struct arch *arch,
		void (*fn)(uint64_t place, uint64_t addr, void *arg), void *arg);

#endif
