/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of the architecture table, a file each; only these and arch/arch.c include it. */
#ifndef KLP_ARCH_ROWS_H
#define KLP_ARCH_ROWS_H

#include "arch/arch.h"
#include "arch/tables.h"

extern const struct arch arch_x86_64, arch_riscv64, arch_arm64, arch_ppc64le, arch_s390x,
	arch_loongarch64;

/* Parts of a row that have a file of their own. */
extern const struct table x86_64_module_tables[];
extern const struct table_site x86_64_table_sites[];

/* A relocation type by its name in <elf.h>. */
#define T(name_) .type = name_, .name = #name_

/* Why a relocation cannot be a livepatch relocation, on more than one architecture. */
#define REACHES_NEAR \
	"the instruction reaches only what is near: call it from C, not from assembler code"
#define PART_OF_SUM                                                                          \
	"it is one of several relocations of one place, of which the kernel keeps the last " \
	"livepatch relocation only: store its address, and compute with that"

#endif
