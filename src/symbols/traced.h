/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The call sites of ftrace in an object, vmlinux or a module: a livepatch can redirect the
 * functions that have one, and no others.
 */
#ifndef KLP_TRACED_H
#define KLP_TRACED_H

#include <stdint.h>

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "elf/sites.h"
#include "symbols/kallsyms.h"

/*
 * Reads vmlinux's table of addresses in [start, stop). error() and -1 when there is no such table.
 * The addresses of a relocatable kernel may stand in its relocations; where these were taken out
 * there are only zeros, and the answer is "unknown" (arch/riscv/Makefile.postlink). *padding is how
 * many bytes before its function a listed place lies, going by most of the table; unchanged where
 * that is unknown.
 */
int traced_read_vmlinux(struct sites *t, const struct elf_file *vmlinux, const struct arch *arch,
			uint64_t start, uint64_t stop, uint8_t *padding);

/* Reads a module's table: sites_read_module(). */
int traced_read_module(struct sites *t, const struct elf_file *module, const struct arch *arch,
		       uint8_t padding);

/*
 * Why ftrace cannot lead this function to another one, or NULL when it can.
 * Rule: kernel/livepatch/patch.c, klp_patch_func(), which needs ftrace_location(old_func);
 * kernel/trace/ftrace.c, ftrace_location(): a traced call site within the function.
 */
const char *traced_refusal(const struct sites *t, const struct ksym *sym);

#endif
