// SPDX-License-Identifier: GPL-2.0-only
/* The architecture table: see arch.h. */
#include "arch.h"

#include <elf.h>

#include "util.h"

/* arch/x86/kernel/module.c, __write_relocate_add(); no GOT: modules are built without PIC. */
static const struct arch_reloc x86_64_relocs[] = {
	{R_X86_64_64, "R_X86_64_64", 8},
	{R_X86_64_32, "R_X86_64_32", 4},
	{R_X86_64_32S, "R_X86_64_32S", 4},
	{R_X86_64_PC32, "R_X86_64_PC32", 4},
	{R_X86_64_PLT32, "R_X86_64_PLT32", 4},
	{R_X86_64_PC64, "R_X86_64_PC64", 8},
	{0, NULL, 0},
};

/*
 * arch/x86/kernel/module.c, module_finalize(): alternatives and their like are applied there;
 * module_init() sorts the ORC tables.
 */
static const char *const x86_64_early[] = {
	".altinstructions", ".altinstr_replacement", ".parainstructions", ".retpoline_sites",
	".return_sites",    ".call_sites",	     ".cfi_sites",	  ".ibt_endbr_seal",
	".smp_locks",	    ".orc_unwind",	     ".orc_unwind_ip",	  NULL,
};

static const struct arch archs[] = {
	{
		.name = "x86_64",
		.machine = EM_X86_64,
		.abs64 = R_X86_64_64,
		.abs32 = R_X86_64_32,
		.pc32 = R_X86_64_PC32,
		/* kernel/module/main.c, ignore_undef_symbol() */
		.ignored_undef = "_GLOBAL_OFFSET_TABLE_",
		.traced_section = "__mcount_loc",
		/* "Invalid relocation target, existing value is nonzero" */
		.zero_before_apply = true,
		.takes_none = true,
		.early_sections = x86_64_early,
		.reloc = x86_64_relocs,
	},
};

const struct arch *arch_by_machine(uint16_t machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		if (archs[i].machine == machine)
			return &archs[i];
	}
	return NULL;
}

const struct arch_reloc *arch_reloc_by_type(const struct arch *arch, uint32_t type)
{
	for (const struct arch_reloc *r = arch->reloc; r->name; r++) {
		if (r->type == type)
			return r;
	}
	return NULL;
}
