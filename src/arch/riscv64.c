// SPDX-License-Identifier: GPL-2.0-only
/* The row of riscv64 (doc/riscv64.md): see arch/arch.h. */
#include "arch/rows.h"

#include <elf.h>
#include <string.h>

#include "arch/step_rows.h"

/* Missing in older <elf.h>. */
#define RISCV_PLT32 59
#define RISCV_SET_ULEB128 60
#define RISCV_SUB_ULEB128 61

#define RISCV_HALF "32 bits hold no address: use a pointer"

/* arch/riscv/kernel/module.c, reloc_handlers[] */
static const struct arch_reloc riscv64_relocs[] = {
	{T(R_RISCV_32), .size = 4, .never = RISCV_HALF},
	{T(R_RISCV_64), .size = 8, .plain = true},
	{T(R_RISCV_BRANCH), .size = 4, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_RISCV_JAL), .size = 4, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_RISCV_CALL), .size = 8, .relative = true, .branch = true},
	{T(R_RISCV_CALL_PLT), .size = 8, .relative = true, .branch = true},
	{T(R_RISCV_GOT_HI20), .size = 4, .got = true, .slot = R_RISCV_PCREL_HI20},
	{T(R_RISCV_PCREL_HI20), .size = 4, .slot = R_RISCV_PCREL_HI20},
	{T(R_RISCV_PCREL_LO12_I), .size = 4, .label = true, .low = 1},
	{T(R_RISCV_PCREL_LO12_S), .size = 4, .label = true, .low = 1},
	{T(R_RISCV_HI20), .size = 4},
	{T(R_RISCV_LO12_I), .size = 4},
	{T(R_RISCV_LO12_S), .size = 4},
	{T(R_RISCV_ADD8), .size = 1, .never = PART_OF_SUM},
	{T(R_RISCV_ADD16), .size = 2, .never = PART_OF_SUM},
	{T(R_RISCV_ADD32), .size = 4, .minus = R_RISCV_SUB32, .difference = R_RISCV_32_PCREL},
	{T(R_RISCV_ADD64), .size = 8, .minus = R_RISCV_SUB64, .difference = R_RISCV_32_PCREL},
	{T(R_RISCV_SUB8), .size = 1, .never = PART_OF_SUM},
	{T(R_RISCV_SUB16), .size = 2, .never = PART_OF_SUM},
	{T(R_RISCV_SUB32), .size = 4, .never = PART_OF_SUM},
	{T(R_RISCV_SUB64), .size = 8, .never = PART_OF_SUM},
	{T(R_RISCV_RVC_BRANCH), .size = 2, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_RISCV_RVC_JUMP), .size = 2, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_RISCV_RELAX), .size = 0},
	{T(R_RISCV_SUB6), .size = 1, .never = PART_OF_SUM},
	{T(R_RISCV_SET6), .size = 1, .never = PART_OF_SUM},
	{T(R_RISCV_SET8), .size = 1, .never = PART_OF_SUM},
	{T(R_RISCV_SET16), .size = 2, .never = PART_OF_SUM},
	{T(R_RISCV_SET32), .size = 4, .never = PART_OF_SUM},
	/* Since 8fd6c5142395 */
	{T(R_RISCV_32_PCREL), .size = 4, .relative = true, .plain = true,
	 .handler = "apply_r_riscv_32_pcrel_rela"},
	{.type = RISCV_PLT32, .name = "R_RISCV_PLT32", .size = 4, .relative = true},
	{.type = RISCV_SET_ULEB128, .name = "R_RISCV_SET_ULEB128", .size = 1, .never = PART_OF_SUM},
	{.type = RISCV_SUB_ULEB128, .name = "R_RISCV_SUB_ULEB128", .size = 1, .never = PART_OF_SUM},
	{.name = NULL},
};

/* The RISC-V psABI, "Relocations"; the assembler leaves all differences to the linker. */
static const struct arch_sum riscv64_sums[] = {
	{R_RISCV_ADD8, 1, '+', 0},
	{R_RISCV_ADD16, 2, '+', 0},
	{R_RISCV_ADD32, 4, '+', 0},
	{R_RISCV_ADD64, 8, '+', 0},
	{R_RISCV_SUB8, 1, '-', 0},
	{R_RISCV_SUB16, 2, '-', 0},
	{R_RISCV_SUB32, 4, '-', 0},
	{R_RISCV_SUB64, 8, '-', 0},
	{R_RISCV_SUB6, 1, '-', 0x3f},
	{R_RISCV_SET6, 1, '=', 0x3f},
	{R_RISCV_SET8, 1, '=', 0},
	{R_RISCV_SET16, 2, '=', 0},
	{R_RISCV_SET32, 4, '=', 0},
	{RISCV_SET_ULEB128, ULEB_SIZE, '=', 0},
	{RISCV_SUB_ULEB128, ULEB_SIZE, '-', 0},
	{.size = 0},
};

/* auipc t1, SLOT; ld t1, SLOT(t1); jr t1. All that t1 holds at a call is the kernel's to use. */
static const struct arch_stub riscv64_stub = {
	.code = "\x17\x03\x00\x00\x03\x33\x03\x00\x67\x00\x03\x00",
	.size = 12,
	.reloc = {{0, R_RISCV_PCREL_HI20, false}, {4, R_RISCV_PCREL_LO12_I, true}},
};

/* auipc rd, SLOT; ld rd, SLOT(rd); j */
static const struct arch_stub riscv64_veneer = {
	.code = "\x17\x00\x00\x00\x03\x30\x00\x00\x6f\x00\x00\x00",
	.size = 12,
	.reloc = {{0, R_RISCV_PCREL_HI20, false}, {4, R_RISCV_PCREL_LO12_I, true}},
	.jump = R_RISCV_JAL,
};

/* auipc and ld have their register above bit 7, and ld the base above bit 15. */
static bool riscv64_fit_veneer(unsigned char *veneer, const unsigned char *code)
{
	uint32_t auipc = code_word(code), reg = auipc >> 7 & 0x1f;

	memcpy(veneer, riscv64_veneer.code, riscv64_veneer.size);
	code_put_word(veneer, code_word(veneer) | reg << 7);
	code_put_word(veneer + 4, code_word(veneer + 4) | reg << 7 | reg << 15);
	/* Register 0 is always zero. */
	return (auipc & 0x7f) == 0x17 && reg;
}

/*
 * The rest of an address is in its upper twelve bits (I), in a store also where others have the
 * register that they set (S): loads, stores, addi, jalr. Veneers load whole addresses.
 */
static bool riscv64_set_low(unsigned char *code, uint8_t low, int64_t number)
{
	uint32_t instruction = code_word(code), what = instruction & 0x707f;
	bool store = (what & 0x7f) == 0x23 || (what & 0x7f) == 0x27;
	bool other = (what & 0x7f) == 0x03 || (what & 0x7f) == 0x07 || what == 0x13 || what == 0x67;

	if ((!store && !other) || low != 1 || number)
		return false;
	code_put_word(code, instruction & (store ? 0x01fff07f : 0x000fffff));
	return true;
}

/* "addi rd, rs, LOW" becomes "ld rd, LOW(rs)": both keep registers and number in the same bits. */
static bool riscv64_load_instead(unsigned char *code)
{
	if ((code[0] & 0x7f) != 0x13 || (code[1] & 0x70) != 0x00)
		return false;
	code[0] = (code[0] & 0x80) | 0x03;
	code[1] = (code[1] & 0x8f) | 0x30;
	return true;
}

static const char *const riscv64_early[] = {
	".alternative",
	NULL,
};

/* arch/riscv/kernel/alternative.c, apply_module_alternatives() */
static const char *const riscv64_appliers[] = {"apply_module_alternatives", NULL};
static const struct arch_rewrite riscv64_rewrites[] = {
	{
		.section = ".alternative",
		.structure = "alt_entry",
		.code = "old_offset",
		.length = "alt_len",
		.other = "alt_offset",
		.other_length = "alt_len",
		.length_size = 2,
		.functions = riscv64_appliers,
		.path = "arch/riscv/kernel/alternative.c",
	},
	{.section = NULL},
};

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.order = ELFDATA2LSB,
	.reloc = riscv64_relocs,
	.abs64 = R_RISCV_64,
	.abs32 = R_RISCV_32,
	.based = R_RISCV_RELATIVE,
	.sums = riscv64_sums,
	.loader =
		{
			/* arch/riscv/include/asm/pgtable.h: MODULES_VADDR, MODULES_END */
			.modules_below = true,
			.rewrites = riscv64_rewrites,
			.early_sections = riscv64_early,
		},
	.slots =
		{
			.stub = &riscv64_stub,
			.load_instead = riscv64_load_instead,
			.veneer = &riscv64_veneer,
			/* arch/riscv/kernel/module.c, apply_r_riscv_jal_rela(), cuts it off */
			.veneer_reach = 1 << 20,
			.fit_veneer = riscv64_fit_veneer,
			.set_low = riscv64_set_low,
		},
	.code =
		{
			.cut = true,
		},
	.ftrace =
		{
			.section = {"__patchable_function_entries"},
			.padding = 8, /* arch/riscv/Makefile since c217157bcd1d: four small nops or
					 two */
		},
	/* arch/riscv/Kconfig: CMODEL_MEDLOW or not, modules are always medany */
	.module_flag = "-mcmodel=",
};
