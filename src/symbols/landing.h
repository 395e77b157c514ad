/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which functions an indirect call may land on. On a kernel that is built with IBT (x86's indirect
 * branch tracking) a call through a pointer faults unless the function begins with ENDBR:
 *  - the compiler gives none to static functions whose address nobody takes;
 *  - objtool lists the others that nobody needs in .ibt_endbr_seal (tools/objtool/check.c,
 *    create_ibt_endbr_seal_sections()), and the kernel overwrites these when it boots or loads the
 *    module: arch/x86/kernel/alternative.c, apply_seal_endbr(), before that apply_ibt_endbr().
 * To objtool an export takes the address: exported functions can be called through pointers.
 */
#ifndef KLP_LANDING_H
#define KLP_LANDING_H

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "elf/sites.h"
#include "symbols/kallsyms.h"

/* Is this the vmlinux of a kernel with IBT? */
bool landing_required(const struct elf_file *vmlinux, const struct arch *arch);

/*
 * Reads the list of functions of vmlinux, or of a module, that an indirect call must not land on
 * any more. error() and -1 when it is damaged.
 */
int landing_read(struct sites *sealed, const struct elf_file *f, const struct arch *arch);

/*
 * Why no indirect call may land on this function of f, or NULL when it may, as far as the file
 * tells. Not for kernels without IBT.
 */
const char *landing_refusal(const struct sites *sealed, const struct elf_file *f,
			    const struct arch *arch, const struct ksym *sym);

#endif
