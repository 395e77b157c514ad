// SPDX-License-Identifier: GPL-2.0-only
/* The architecture table: see arch.h. */
#include "arch.h"

#include <elf.h>

#include "util.h"

/* arch/x86/kernel/module.c, __write_relocate_add(); no GOT: modules are built without PIC. */
static const struct arch_reloc x86_64_relocs[] = {
	{R_X86_64_64, "R_X86_64_64", 8, false, false},
	{R_X86_64_32, "R_X86_64_32", 4, false, false},
	{R_X86_64_32S, "R_X86_64_32S", 4, false, false},
	{R_X86_64_PC32, "R_X86_64_PC32", 4, true, false},
	{R_X86_64_PLT32, "R_X86_64_PLT32", 4, true, true},
	{R_X86_64_PC64, "R_X86_64_PC64", 8, true, false},
	{0, NULL, 0, false, false},
};

/*
 * The assembler writes R_X86_64_PC32 also for calls and jumps, to static functions of another
 * section (gas/config/tc-i386.c, need_plt32_p()). An operand follows its ModRM byte, with mod 0 and
 * r/m 5; no opcode of a call or jump looks like that.
 */
static bool x86_64_relative_operand(const unsigned char *code, uint64_t offset)
{
	return offset > 0 && (code[offset - 1] & 0xc7) == 0x05;
}

/*
 * arch/x86/kernel/module.c, module_finalize(): alternatives and their like are applied there;
 * module_init() sorts the ORC tables.
 */
static const char *const x86_64_early[] = {
	".altinstructions", ".altinstr_replacement", ".parainstructions", ".retpoline_sites",
	".return_sites",    ".call_sites",	     ".cfi_sites",	  ".ibt_endbr_seal",
	".smp_locks",	    ".orc_unwind",	     ".orc_unwind_ip",	  NULL,
};

/* arch/riscv/kernel/module.c, reloc_handlers[] */
static const struct arch_reloc riscv64_relocs[] = {
	{R_RISCV_32, "R_RISCV_32", 4},
	{R_RISCV_64, "R_RISCV_64", 8},
	{R_RISCV_BRANCH, "R_RISCV_BRANCH", 4},
	{R_RISCV_JAL, "R_RISCV_JAL", 4},
	{R_RISCV_CALL, "R_RISCV_CALL", 8},
	{R_RISCV_CALL_PLT, "R_RISCV_CALL_PLT", 8},
	{R_RISCV_GOT_HI20, "R_RISCV_GOT_HI20", 4},
	{R_RISCV_PCREL_HI20, "R_RISCV_PCREL_HI20", 4},
	{R_RISCV_PCREL_LO12_I, "R_RISCV_PCREL_LO12_I", 4},
	{R_RISCV_PCREL_LO12_S, "R_RISCV_PCREL_LO12_S", 4},
	{R_RISCV_HI20, "R_RISCV_HI20", 4},
	{R_RISCV_LO12_I, "R_RISCV_LO12_I", 4},
	{R_RISCV_LO12_S, "R_RISCV_LO12_S", 4},
	{R_RISCV_ADD8, "R_RISCV_ADD8", 1},
	{R_RISCV_ADD16, "R_RISCV_ADD16", 2},
	{R_RISCV_ADD32, "R_RISCV_ADD32", 4},
	{R_RISCV_ADD64, "R_RISCV_ADD64", 8},
	{R_RISCV_SUB8, "R_RISCV_SUB8", 1},
	{R_RISCV_SUB16, "R_RISCV_SUB16", 2},
	{R_RISCV_SUB32, "R_RISCV_SUB32", 4},
	{R_RISCV_SUB64, "R_RISCV_SUB64", 8},
	{R_RISCV_ALIGN, "R_RISCV_ALIGN", 0},
	{R_RISCV_RVC_BRANCH, "R_RISCV_RVC_BRANCH", 2},
	{R_RISCV_RVC_JUMP, "R_RISCV_RVC_JUMP", 2},
	{R_RISCV_RELAX, "R_RISCV_RELAX", 0},
	{R_RISCV_SUB6, "R_RISCV_SUB6", 1},
	{R_RISCV_SET6, "R_RISCV_SET6", 1},
	{R_RISCV_SET8, "R_RISCV_SET8", 1},
	{R_RISCV_SET16, "R_RISCV_SET16", 2},
	{R_RISCV_SET32, "R_RISCV_SET32", 4},
	{R_RISCV_32_PCREL, "R_RISCV_32_PCREL", 4},
	{0, NULL, 0},
};

static const char *const riscv64_early[] = {
	".alternative", NULL,
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
		.relative_operand = x86_64_relative_operand,
		.operand_ahead = 4,
		.landing = "\xf3\x0f\x1e\xfa", /* ENDBR64 */
		.sealed_section = ".ibt_endbr_seal",
		.early_sections = x86_64_early,
		.reloc = x86_64_relocs,
	},
	{
		.name = "riscv64",
		.machine = EM_RISCV,
		.abs64 = R_RISCV_64,
		.abs32 = R_RISCV_32,
		.traced_section = "__patchable_function_entries",
		.early_sections = riscv64_early,
		.reloc = riscv64_relocs,
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
