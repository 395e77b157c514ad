// SPDX-License-Identifier: GPL-2.0-only
/* The row of arm64 (doc/arm64.md): see arch/arch.h. */
#include "arch/rows.h"

#include <elf.h>
#include <string.h>

#include "arch/step_rows.h"

#define ARM64_PART "parts of numbers hold no address: use a pointer"

/*
 * arch/arm64/kernel/module.c, apply_relocate_add(). It writes with plain stores, until the commit
 * that makes it text_poke for livepatch; what does for the one does for the other.
 */
static const struct arch_reloc arm64_relocs[] = {
	{T(R_AARCH64_ABS64), .size = 8, .plain = true},
	{T(R_AARCH64_ABS32), .size = 4, .never = ARM64_PART},
	{T(R_AARCH64_ABS16), .size = 2, .never = ARM64_PART},
	{T(R_AARCH64_PREL64), .size = 8, .relative = true, .plain = true},
	{T(R_AARCH64_PREL32), .size = 4, .relative = true, .plain = true},
	{T(R_AARCH64_PREL16), .size = 2, .relative = true, .never = ARM64_PART},
	{T(R_AARCH64_MOVW_UABS_G0), .size = 4},
	{T(R_AARCH64_MOVW_UABS_G0_NC), .size = 4},
	{T(R_AARCH64_MOVW_UABS_G1), .size = 4},
	{T(R_AARCH64_MOVW_UABS_G1_NC), .size = 4},
	{T(R_AARCH64_MOVW_UABS_G2), .size = 4},
	{T(R_AARCH64_MOVW_UABS_G2_NC), .size = 4},
	{T(R_AARCH64_MOVW_UABS_G3), .size = 4},
	{T(R_AARCH64_MOVW_SABS_G0), .size = 4},
	{T(R_AARCH64_MOVW_SABS_G1), .size = 4},
	{T(R_AARCH64_MOVW_SABS_G2), .size = 4},
	{T(R_AARCH64_MOVW_PREL_G0), .size = 4, .relative = true},
	{T(R_AARCH64_MOVW_PREL_G0_NC), .size = 4, .relative = true},
	{T(R_AARCH64_MOVW_PREL_G1), .size = 4, .relative = true},
	{T(R_AARCH64_MOVW_PREL_G1_NC), .size = 4, .relative = true},
	{T(R_AARCH64_MOVW_PREL_G2), .size = 4, .relative = true},
	{T(R_AARCH64_MOVW_PREL_G2_NC), .size = 4, .relative = true},
	{T(R_AARCH64_MOVW_PREL_G3), .size = 4, .relative = true},
	{T(R_AARCH64_LD_PREL_LO19), .size = 4, .relative = true, .never = REACHES_NEAR},
	{T(R_AARCH64_ADR_PREL_LO21), .size = 4, .relative = true, .never = REACHES_NEAR},
	{T(R_AARCH64_ADR_PREL_PG_HI21), .size = 4, .relative = true, .page = true},
	{T(R_AARCH64_ADR_PREL_PG_HI21_NC), .size = 4, .relative = true, .page = true},
	{T(R_AARCH64_ADD_ABS_LO12_NC), .size = 4, .low = 1},
	{T(R_AARCH64_LDST8_ABS_LO12_NC), .size = 4, .low = 1},
	{T(R_AARCH64_LDST16_ABS_LO12_NC), .size = 4, .low = 2},
	{T(R_AARCH64_LDST32_ABS_LO12_NC), .size = 4, .low = 4},
	{T(R_AARCH64_LDST64_ABS_LO12_NC), .size = 4, .low = 8},
	{T(R_AARCH64_LDST128_ABS_LO12_NC), .size = 4, .low = 16},
	{T(R_AARCH64_TSTBR14), .size = 4, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_AARCH64_CONDBR19), .size = 4, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_AARCH64_JUMP26), .size = 4, .relative = true, .branch = true},
	{T(R_AARCH64_CALL26), .size = 4, .relative = true, .branch = true},
	{.name = NULL},
};

/* adrp x16, SLOT; ldr x16, [x16, SLOT]; br x16. What x16 holds at a call is the linker's to use. */
static const struct arch_stub arm64_stub = {
	.code = "\x10\x00\x00\x90\x10\x02\x40\xf9\x00\x02\x1f\xd6",
	.size = 12,
	.reloc = {{0, R_AARCH64_ADR_PREL_PG_HI21, false}, {4, R_AARCH64_LDST64_ABS_LO12_NC, false}},
};

/* adrp x0, SLOT; ldr x0, [x0, SLOT]; b: the loader itself makes such for erratum 843419. */
static const struct arch_stub arm64_veneer = {
	.code = "\x00\x00\x00\x90\x00\x00\x40\xf9\x00\x00\x00\x14",
	.size = 12,
	.reloc = {{0, R_AARCH64_ADR_PREL_PG_HI21, false}, {4, R_AARCH64_LDST64_ABS_LO12_NC, false}},
	.jump = R_AARCH64_JUMP26,
};

/* adrp has its register in the lowest five bits, ldr has its own there and the base above 5. */
static bool arm64_fit_veneer(unsigned char *veneer, const unsigned char *code)
{
	uint32_t adrp = code_word(code), reg = adrp & 0x1f;

	memcpy(veneer, arm64_veneer.code, arm64_veneer.size);
	code_put_word(veneer, code_word(veneer) | reg);
	code_put_word(veneer + 4, code_word(veneer + 4) | reg | reg << 5);
	/* Register 31 is the zero register (or sp), which no slot can be loaded into. */
	return (adrp & 0x9f000000) == 0x90000000 && reg != 0x1f;
}

/* "add" of an unshifted number, and all that loads or stores at one: it is in bits 10 to 21. */
static bool arm64_set_low(unsigned char *code, uint8_t low, int64_t number)
{
	uint32_t instruction = code_word(code);
	bool known = (instruction & 0x7fc00000) == 0x11000000 ||
		     (instruction & 0x3b000000) == 0x39000000;

	if (!known || number < 0 || number % low || number / low > 0xfff)
		return false;
	instruction = (instruction & ~((uint32_t)0xfff << 10)) | (uint32_t)(number / low) << 10;
	code_put_word(code, instruction);
	return true;
}

/* module_finalize() */
static const char *const arm64_early[] = {
	".altinstructions",
	".altinstr_replacement",
	".init.eh_frame",
	NULL,
};

static const char *const arm64_appliers[] = {"apply_alternatives_module", NULL};
static const struct arch_rewrite arm64_rewrites[] = {
	{
		.section = ".altinstructions",
		.structure = "alt_instr",
		.code = "orig_offset",
		.length = "orig_len",
		.other = "alt_offset",
		.other_length = "alt_len",
		.other_data = true, /* alternative_cb: a function of vmlinux */
		.length_size = 1,
		.functions = arm64_appliers,
		.path = "arch/arm64/kernel/alternative.c",
	},
	{.section = NULL},
};

/* arch/arm64/include/asm/syscall_wrapper.h */
static const char *const arm64_syscalls[] = {"__arm64_sys_", "__arm64_compat_sys_", NULL};

const struct arch arch_arm64 = {
	.name = "aarch64",
	.machine = EM_AARCH64,
	.order = ELFDATA2LSB,
	.reloc = arm64_relocs,
	.abs64 = R_AARCH64_ABS64,
	.abs32 = R_AARCH64_ABS32,
	.based = R_AARCH64_RELATIVE,
	.loader =
		{
			.takes_none = true,
			/* aarch64_insn_copy(), by which kernels with livepatch write, and whose
			   refusal is lost */
			.late_align = 4,
			.rewrites = arm64_rewrites,
			.early_sections = arm64_early,
		},
	.slots =
		{
			.stub = &arm64_stub,
			.veneer = &arm64_veneer,
			.fit_veneer = arm64_fit_veneer,
			.set_low = arm64_set_low,
		},
	.ftrace =
		{
			.section = {"__patchable_function_entries"},
			.padding = 8, /* arch/arm64/Makefile: two nops */
		},
	.code = {.cut = true},
	.syscall =
		{
			.prefixes = arm64_syscalls,
		},
};
