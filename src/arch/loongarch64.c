// SPDX-License-Identifier: GPL-2.0-only
/* The row of loongarch64 (doc/loongarch64.md): see arch/arch.h. */
#include "arch/rows.h"

#include <elf.h>
#include <string.h>

/*
 * All relocation types, because older <elf.h> have none: the LoongArch psABI, "Relocation types".
 */
enum {
	LARCH_32 = 1,
	LARCH_64 = 2,
	LARCH_RELATIVE,
	LARCH_MARK_LA = 20,
	LARCH_MARK_PCREL,
	LARCH_SOP_PUSH_PCREL,
	LARCH_SOP_PUSH_ABSOLUTE,
	LARCH_SOP_PUSH_DUP,
	LARCH_SOP_PUSH_PLT_PCREL = 29,
	LARCH_SOP_SUB = 32,
	LARCH_SOP_SL,
	LARCH_SOP_SR,
	LARCH_SOP_ADD,
	LARCH_SOP_AND,
	LARCH_SOP_IF_ELSE,
	LARCH_SOP_POP_32_S_10_5,
	LARCH_SOP_POP_32_U_10_12,
	LARCH_SOP_POP_32_S_10_12,
	LARCH_SOP_POP_32_S_10_16,
	LARCH_SOP_POP_32_S_10_16_S2,
	LARCH_SOP_POP_32_S_5_20,
	LARCH_SOP_POP_32_S_0_5_10_16_S2,
	LARCH_SOP_POP_32_S_0_10_10_16_S2,
	LARCH_SOP_POP_32_U,
	LARCH_ADD8,
	LARCH_ADD16,
	LARCH_ADD24,
	LARCH_ADD32,
	LARCH_ADD64,
	LARCH_SUB8,
	LARCH_SUB16,
	LARCH_SUB24,
	LARCH_SUB32,
	LARCH_SUB64,
	LARCH_B26 = 66,
	LARCH_PCALA_HI20 = 71,
	LARCH_PCALA_LO12,
	LARCH_PCALA64_LO20,
	LARCH_PCALA64_HI12,
	LARCH_GOT_PC_HI20,
	LARCH_GOT_PC_LO12,
	LARCH_32_PCREL = 99,
	LARCH_ADD6 = 105,
	LARCH_SUB6,
	LARCH_ADD_ULEB128,
	LARCH_SUB_ULEB128,
	LARCH_64_PCREL,
};

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

#define L(name_) .type = LARCH_##name_, .name = "R_LARCH_" #name_

#define LARCH_HALF "32 bits hold no address, nor the way from a module to vmlinux: use a pointer"
#define LARCH_STACK "the kernel would compute with the relocations beside it, which stay behind"
#define LARCH_FAR "klpmake knows no code that is made so: compile with kbuild's options"

/*
 * arch/loongarch/kernel/module.c, reloc_rela_handlers[] and apply_relocate_add(). PCALA_* and
 * 32_PCREL are cut off silently where the distance does not fit, as that between modules and
 * vmlinux, which lie in other parts of the address space (MODULES_VADDR).
 */
static const struct arch_reloc loongarch64_relocs[] = {
	{L(32), .size = 4, .never = LARCH_HALF},
	{L(64), .size = 8, .plain = true},
	{L(MARK_LA), .size = 0},
	{L(MARK_PCREL), .size = 0},
	{L(SOP_PUSH_PCREL), .size = 0, .never = LARCH_STACK},
	{L(SOP_PUSH_ABSOLUTE), .size = 0, .never = LARCH_STACK},
	{L(SOP_PUSH_DUP), .size = 0, .never = LARCH_STACK},
	{L(SOP_PUSH_PLT_PCREL), .size = 0, .never = LARCH_STACK},
	{L(SOP_SUB), .size = 0, .never = LARCH_STACK},
	{L(SOP_SL), .size = 0, .never = LARCH_STACK},
	{L(SOP_SR), .size = 0, .never = LARCH_STACK},
	{L(SOP_ADD), .size = 0, .never = LARCH_STACK},
	{L(SOP_AND), .size = 0, .never = LARCH_STACK},
	{L(SOP_IF_ELSE), .size = 0, .never = LARCH_STACK},
	{L(SOP_POP_32_U_10_12), .size = 4, .never = LARCH_STACK},
	{L(SOP_POP_32_S_10_12), .size = 4, .never = LARCH_STACK},
	{L(SOP_POP_32_S_10_16), .size = 4, .never = LARCH_STACK},
	{L(SOP_POP_32_S_10_16_S2), .size = 4, .never = LARCH_STACK},
	{L(SOP_POP_32_S_5_20), .size = 4, .never = LARCH_STACK},
	{L(SOP_POP_32_S_0_5_10_16_S2), .size = 4, .never = LARCH_STACK},
	{L(SOP_POP_32_S_0_10_10_16_S2), .size = 4, .never = LARCH_STACK},
	{L(SOP_POP_32_U), .size = 4, .never = LARCH_STACK},
	{L(ADD32), .size = 4, .never = LARCH_HALF},
	{L(ADD64), .size = 8, .minus = LARCH_SUB64, .difference = LARCH_64_PCREL},
	{L(SUB32), .size = 4, .never = LARCH_HALF},
	{L(SUB64), .size = 8, .never = PART_OF_SUM},
	{L(B26), .size = 4, .relative = true, .branch = true},
	{L(PCALA_HI20), .size = 4, .slot = LARCH_PCALA_HI20, .upper = true,
	 .other = LARCH_PCALA_LO12},
	{L(PCALA_LO12), .size = 4, .slot = LARCH_PCALA_LO12, .whole = true,
	 .other = LARCH_PCALA_HI20},
	{L(PCALA64_LO20), .size = 4, .never = LARCH_FAR},
	{L(PCALA64_HI12), .size = 4, .never = LARCH_FAR},
	{L(GOT_PC_HI20), .size = 4, .got = true, .slot = LARCH_PCALA_HI20,
	 .other = LARCH_GOT_PC_LO12},
	{L(GOT_PC_LO12), .size = 4, .got = true, .slot = LARCH_PCALA_LO12,
	 .other = LARCH_GOT_PC_HI20},
	{L(32_PCREL), .size = 4, .relative = true, .plain = true, .never = LARCH_HALF},
	{L(64_PCREL), .size = 8, .relative = true, .plain = true},
	{.name = NULL},
};

/* The LoongArch psABI, "Relocation types"; the assembler leaves all differences to the linker. */
static const struct arch_sum loongarch64_sums[] = {
	{LARCH_ADD8, 1, '+', 0},
	{LARCH_ADD16, 2, '+', 0},
	{LARCH_ADD32, 4, '+', 0},
	{LARCH_ADD64, 8, '+', 0},
	{LARCH_SUB8, 1, '-', 0},
	{LARCH_SUB16, 2, '-', 0},
	{LARCH_SUB32, 4, '-', 0},
	{LARCH_SUB64, 8, '-', 0},
	{LARCH_ADD6, 1, '+', 0x3f},
	{LARCH_SUB6, 1, '-', 0x3f},
	{LARCH_ADD_ULEB128, ULEB_SIZE, '+', 0},
	{LARCH_SUB_ULEB128, ULEB_SIZE, '-', 0},
	{.size = 0},
};

/*
 * pcalau12i t1, SLOT; ld.d t1, t1, SLOT; jr t1. The kernel's own PLT uses t1 likewise
 * (arch/loongarch/include/asm/module.h, emit_plt_entry()).
 */
static const struct arch_stub loongarch64_stub = {
	.code = "\x0d\x00\x00\x1a\xad\x01\xc0\x28\xa0\x01\x00\x4c",
	.size = 12,
	.reloc = {{0, LARCH_PCALA_HI20, false}, {4, LARCH_PCALA_LO12, false}},
};

/* "addi.d rd, rj, LOW" becomes "ld.d rd, rj, LOW": all but the operation is in the same bits. */
static bool loongarch64_load_instead(unsigned char *code)
{
	if (code[3] != 0x02 || (code[2] & 0xc0) != 0xc0)
		return false;
	code[3] = 0x28;
	return true;
}

/* arch/loongarch/kernel/module.c, module_finalize() */
static const char *const loongarch64_early[] = {
	".altinstructions", ".altinstr_replacement", ".orc_unwind",
	".orc_unwind_ip",   ".ftrace_trampoline",    NULL,
};

static const char *const loongarch64_appliers[] = {"apply_alternatives", NULL};
static const struct arch_rewrite loongarch64_rewrites[] = {
	{
		.section = ".altinstructions",
		.structure = "alt_instr",
		.code = "instr_offset",
		.length = "instrlen",
		.other = "replace_offset",
		.other_length = "replacementlen",
		.other_section = ".altinstr_replacement",
		.length_size = 1,
		.functions = loongarch64_appliers,
		.path = "arch/loongarch/kernel/alternative.c",
	},
	{.section = NULL},
};

const struct arch arch_loongarch64 = {
	.name = "loongarch64",
	.machine = EM_LOONGARCH,
	.order = ELFDATA2LSB,
	.reloc = loongarch64_relocs,
	.abs64 = LARCH_64,
	.abs32 = LARCH_32,
	.based = LARCH_RELATIVE,
	.sums = loongarch64_sums,
	.loader =
		{
			.takes_none = true,
			.rewrites = loongarch64_rewrites,
			.early_sections = loongarch64_early,
		},
	.slots =
		{
			.stub = &loongarch64_stub,
			.load_instead = loongarch64_load_instead,
		},
	.ftrace =
		{
			.section = {"__patchable_function_entries"},
		},
};
