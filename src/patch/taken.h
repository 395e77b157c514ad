/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses that a module takes: pointers in its data, constants in its code.
 *
 * A function whose address the patch hands to the kernel (a timer, a table of operations) has to
 * exist after the patch has gone. So the address has to be that of the old function, not that of a
 * new one: the kernel redirects the old one as long as the patch is there.
 */
#ifndef KLP_TAKEN_H
#define KLP_TAKEN_H

#include <stdbool.h>

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "elf/relocs.h"
#include "patch/klp_layout.h"
#include "patch/klp_patch.h"

/*
 * Is this a section of code, or of data as C has it? The others describe the code to the kernel
 * (__mcount_loc, .orc_unwind_ip, __bug_table...), and have to name what is there.
 */
bool taken_section(const struct elf_section *s);

/*
 * The address that a relocation puts into its place, as an offset from its symbol. Returns false
 * for a call or a jump.
 *
 * An address that stands in the code without a relocation is not seen. Compilers make none: in the
 * kernel's code model (-mcmodel=kernel, no PIC) gcc and clang write "mov $f, %reg" with
 * R_X86_64_32S, which the assembler leaves to the linker even if f is in the same section. All
 * "lea" relative to the instruction in 1,175 modules of Debian's 6.1 and 6.12 are _THIS_IP_.
 */
bool taken_address(const struct elf_file *f, const struct arch *arch, const struct reloc *r,
		   int64_t *offset);

/* A relocation that takes the address of a new function, outside of struct klp_func. */
struct taken {
	const struct reloc *at;
	const struct patch_func *func; /* one whose new function it is */
	int64_t addend; /* what the relocation has to have for the old one's symbol */
};

/* All of them, in the order of relocs, whatever the section. The caller frees *ret. */
size_t taken_new_functions(const struct elf_file *f, const struct arch *arch,
			   const struct relocs *relocs, const struct klp_layout *layout,
			   const struct patches *patches, struct taken **ret);

#endif
