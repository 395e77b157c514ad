// SPDX-License-Identifier: GPL-2.0-only
/* The architecture table: see arch.h. */
#include "arch.h"

#include <elf.h>
#include <string.h>

#include "util.h"

#define T(name_) .type = name_, .name = #name_

/* arch/x86/kernel/module.c, __write_relocate_add(); no GOT: modules are built without PIC. */
static const struct arch_reloc x86_64_relocs[] = {
	{T(R_X86_64_64), .size = 8},
	{T(R_X86_64_32), .size = 4},
	{T(R_X86_64_32S), .size = 4},
	{T(R_X86_64_PC32), .size = 4, .relative = true},
	{T(R_X86_64_PLT32), .size = 4, .relative = true, .branch = true},
	{T(R_X86_64_PC64), .size = 8, .relative = true},
	{.name = NULL},
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

#define X86_GS 0x65

/* %gs, other prefixes, REX, an opcode of one byte or of 0x0f and one, ModRM. */
static size_t x86_64_percpu_operand(const unsigned char *code, uint64_t offset)
{
	for (size_t len = 3; len <= 7 && len <= offset; len++) {
		const unsigned char *p = code + offset - len;

		if (*p++ != X86_GS)
			continue;
		while (*p == 0x66 || *p == 0xf0 || *p == 0xf2 || *p == 0xf3)
			p++;
		if ((*p & 0xf0) == 0x40)
			p++;
		if (*p == 0x0f)
			p++;
		if (p + 2 == code + offset)
			return len;
	}
	return 0;
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

/* call and jmp, jcc: Intel SDM volume 2 */
static size_t x86_branch(const unsigned char *code, size_t size, int64_t *distance)
{
	bool jcc = code[0] == 0x0f && size > 1 && (code[1] & 0xf0) == 0x80;
	size_t len = jcc ? 6 : 5;
	uint32_t to;

	if ((code[0] == 0xeb || (code[0] & 0xf0) == 0x70) && size > 1) {
		*distance = (int8_t)code[1];
		return 2;
	}
	if ((!jcc && (code[0] & 0xfe) != 0xe8) || size < len)
		return 0;
	code += len - 4;
	to = code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
	*distance = (int32_t)to;
	return len;
}

/* arch/x86/include/asm/nops.h: those of a jump label and of a traced call site */
static const unsigned char *x86_nop(size_t size)
{
	static const unsigned char nop2[] = {0x66, 0x90}, nop5[] = {0x0f, 0x1f, 0x44, 0x00, 0x00};

	return size == 2 ? nop2 : size == 5 ? nop5 : NULL;
}

/*
 * Instructions with an operand at a distance from themselves (ModRM: mod 0, r/m 5) and an immediate
 * one: Intel SDM volume 2, appendix A
 */
static unsigned int x86_immediate(const unsigned char *distance, size_t before)
{
	unsigned int word = 4;

	if (before < 2 || (distance[-1] & 0xc7) != 0x05)
		return 0;
	if (before > 2 && distance[-3] == 0x0f)
		return memchr("\xa4\xac\xba\xc2\xc6", distance[-2], 5) ? 1 : 0;
	/* Prefixes: the size of operands, then REX */
	if ((before > 2 && distance[-3] == 0x66) ||
	    (before > 3 && distance[-4] == 0x66 && (distance[-3] & 0xf0) == 0x40))
		word = 2;
	switch (distance[-2]) {
	case 0x80:
	case 0x83:
	case 0x6b:
	case 0xc0:
	case 0xc1:
	case 0xc6:
		return 1;
	case 0x69:
	case 0x81:
	case 0xc7:
		return word;
	case 0xf6: /* test, in a group of others */
		return (distance[-1] & 0x30) ? 0 : 1;
	case 0xf7:
		return (distance[-1] & 0x30) ? 0 : word;
	default:
		return 0;
	}
}

/* arch/x86/include/asm/syscall_wrapper.h */
static const char *const x86_64_syscalls[] = {
	"__x64_sys_", "__ia32_sys_", "__ia32_compat_sys_", "__x64_compat_sys_", NULL,
};

/* Why a relocation cannot be a livepatch relocation, on more than one architecture. */
#define REACHES_NEAR \
	"the instruction reaches only what is near: call it from C, not from assembler code"
#define PART_OF_SUM                                                                          \
	"it is one of several relocations of one place, of which the kernel keeps the last " \
	"livepatch relocation only: store its address, and compute with that"

/* Missing in older <elf.h>. */
#define RISCV_PLT32 59
#define RISCV_SET_ULEB128 60
#define RISCV_SUB_ULEB128 61

#define RISCV_HALF "32 bits hold no address: use a pointer"

/* arch/riscv/kernel/module.c, reloc_handlers[] */
static const struct arch_reloc riscv64_relocs[] = {
	{T(R_RISCV_32), .size = 4, .never = RISCV_HALF},
	{T(R_RISCV_64), .size = 8},
	{T(R_RISCV_BRANCH), .size = 4, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_RISCV_JAL), .size = 4, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_RISCV_CALL), .size = 8, .relative = true, .branch = true},
	{T(R_RISCV_CALL_PLT), .size = 8, .relative = true, .branch = true},
	{T(R_RISCV_GOT_HI20), .size = 4, .got = true, .slot = R_RISCV_PCREL_HI20},
	{T(R_RISCV_PCREL_HI20), .size = 4, .slot = R_RISCV_PCREL_HI20},
	{T(R_RISCV_PCREL_LO12_I), .size = 4, .label = true},
	{T(R_RISCV_PCREL_LO12_S), .size = 4, .label = true},
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
	{T(R_RISCV_32_PCREL), .size = 4, .relative = true},
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

#define S390_HALF "so few bits hold no address: use a pointer"
#define S390_TABLE                                                                               \
	"the kernel's loader would fill the pointer that the code goes by once, and it would "   \
	"lead to where the symbol was, not is: compile with klpmake's options, and do not name " \
	"it in assembler code"

/*
 * arch/s390/kernel/module.c, apply_rela(). It has a GOT and a PLT, and fills each entry only once
 * (got_initialized, plt_initialized): of a module that is loaded again they keep the old addresses.
 * Modules lie within 2 GiB (MODULES_LEN), where calls need no PLT; vmlinux may be farther away.
 */
static const struct arch_reloc s390x_relocs[] = {
	{T(R_390_8), .size = 1, .never = S390_HALF},
	{T(R_390_12), .size = 2, .never = S390_HALF},
	{T(R_390_16), .size = 2, .never = S390_HALF},
	{T(R_390_20), .size = 4, .never = S390_HALF},
	{T(R_390_32), .size = 4, .never = S390_HALF},
	{T(R_390_64), .size = 8},
	{T(R_390_PC16), .size = 2, .relative = true, .never = S390_HALF},
	{T(R_390_PC16DBL), .size = 2, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_390_PC32DBL), .size = 4, .relative = true, .slot = R_390_PC32DBL, .whole = true,
	 .call = {R_390_PLT32DBL, R_390_PC32DBL}},
	{T(R_390_PC32), .size = 4, .relative = true},
	{T(R_390_PC64), .size = 8, .relative = true},
	{T(R_390_GOT12), .size = 2, .never = S390_TABLE},
	{T(R_390_GOT16), .size = 2, .never = S390_TABLE},
	{T(R_390_GOT20), .size = 4, .never = S390_TABLE},
	{T(R_390_GOT32), .size = 4, .never = S390_TABLE},
	{T(R_390_GOT64), .size = 8, .never = S390_TABLE},
	{T(R_390_GOTENT), .size = 4, .relative = true, .got = true, .slot = R_390_PC32DBL},
	{T(R_390_GOTPLT12), .size = 2, .never = S390_TABLE},
	{T(R_390_GOTPLT16), .size = 2, .never = S390_TABLE},
	{T(R_390_GOTPLT20), .size = 4, .never = S390_TABLE},
	{T(R_390_GOTPLT32), .size = 4, .never = S390_TABLE},
	{T(R_390_GOTPLT64), .size = 8, .never = S390_TABLE},
	{T(R_390_GOTPLTENT), .size = 4, .relative = true, .never = S390_TABLE},
	{T(R_390_PLT16DBL), .size = 2, .relative = true, .branch = true, .never = REACHES_NEAR},
	/* gcc writes it also where it takes a static function's address. */
	{T(R_390_PLT32DBL), .size = 4, .relative = true, .slot = R_390_PC32DBL, .whole = true,
	 .call = {R_390_PLT32DBL, R_390_PC32DBL}},
	{T(R_390_PLT32), .size = 4, .relative = true, .never = S390_TABLE},
	{T(R_390_PLT64), .size = 8, .relative = true, .never = S390_TABLE},
	{T(R_390_PLTOFF16), .size = 2, .never = S390_TABLE},
	{T(R_390_PLTOFF32), .size = 4, .never = S390_TABLE},
	{T(R_390_PLTOFF64), .size = 8, .never = S390_TABLE},
	{T(R_390_GOTOFF16), .size = 2, .never = S390_TABLE},
	{T(R_390_GOTOFF32), .size = 4, .never = S390_TABLE},
	{T(R_390_GOTOFF64), .size = 8, .never = S390_TABLE},
	{T(R_390_GOTPC), .size = 4, .relative = true, .never = S390_TABLE},
	{T(R_390_GOTPCDBL), .size = 4, .relative = true, .never = S390_TABLE},
	{.name = NULL},
};

/* Of the instructions with a relative operand of 32 bits, these branch: brcl, brasl; brcth. */
static bool s390x_relative_operand(const unsigned char *code, uint64_t offset)
{
	unsigned int second;

	if (offset < 2)
		return false;
	second = code[offset - 1] & 0x0f;
	return !(code[offset - 2] == 0xc0 && (second == 4 || second == 5)) &&
	       !(code[offset - 2] == 0xcc && second == 6);
}

/* "larl R, PLACE" becomes "lgrl R, PLACE": z10, which is the oldest that kernels are built for. */
static bool s390x_load_instead(unsigned char *code)
{
	if (code[0] != 0xc0 || (code[1] & 0x0f) != 0x00)
		return false;
	code[0] = 0xc4;
	code[1] = (code[1] & 0xf0) | 0x08;
	return true;
}

/* arch/s390/kernel/module.c, module_finalize(); the latter four are the compiler's names. */
static const char *const s390x_early[] = {
	".altinstructions",
	".altinstr_replacement",
	".s390_indirect_jump",
	".s390_indirect_call",
	".s390_return_reg",
	".s390_return_mem",
	NULL,
};

/* arch/s390/include/asm/syscall_wrapper.h */
static const char *const s390x_syscalls[] = {
	"__s390x_sys_",
	"__s390_sys_",
	"__s390_compat_sys_",
	NULL,
};

/* All of them, as older <elf.h> have none: the LoongArch psABI, "Relocation types". */
enum {
	LARCH_32 = 1,
	LARCH_64 = 2,
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
	{L(64), .size = 8},
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
	{L(PCALA_HI20), .size = 4, .slot = LARCH_PCALA_HI20, .upper = true},
	{L(PCALA_LO12), .size = 4, .slot = LARCH_PCALA_LO12, .whole = true},
	{L(PCALA64_LO20), .size = 4, .never = LARCH_FAR},
	{L(PCALA64_HI12), .size = 4, .never = LARCH_FAR},
	{L(GOT_PC_HI20), .size = 4, .got = true, .slot = LARCH_PCALA_HI20},
	{L(GOT_PC_LO12), .size = 4, .got = true, .slot = LARCH_PCALA_LO12},
	{L(32_PCREL), .size = 4, .relative = true, .never = LARCH_HALF},
	{L(64_PCREL), .size = 8, .relative = true},
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

#define ARM64_PART "parts of numbers hold no address: use a pointer"

/*
 * arch/arm64/kernel/module.c, apply_relocate_add(). It writes with plain stores, until the commit
 * that makes it text_poke for livepatch; what does for the one does for the other.
 */
static const struct arch_reloc arm64_relocs[] = {
	{T(R_AARCH64_ABS64), .size = 8},
	{T(R_AARCH64_ABS32), .size = 4, .never = ARM64_PART},
	{T(R_AARCH64_ABS16), .size = 2, .never = ARM64_PART},
	{T(R_AARCH64_PREL64), .size = 8, .relative = true},
	{T(R_AARCH64_PREL32), .size = 4, .relative = true},
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

static uint32_t arm64_instruction(const unsigned char *code)
{
	return code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
}

static void arm64_put(unsigned char *code, uint32_t instruction)
{
	for (size_t i = 0; i < 4; i++)
		code[i] = (unsigned char)(instruction >> 8 * i);
}

/* adrp has its register in the lowest five bits, ldr has its own there and the base above 5. */
static bool arm64_fit_veneer(unsigned char *veneer, const unsigned char *code)
{
	uint32_t adrp = arm64_instruction(code), reg = adrp & 0x1f;

	memcpy(veneer, arm64_veneer.code, arm64_veneer.size);
	arm64_put(veneer, arm64_instruction(veneer) | reg);
	arm64_put(veneer + 4, arm64_instruction(veneer + 4) | reg | reg << 5);
	/* Number 31 is none that could be loaded from. */
	return (adrp & 0x9f000000) == 0x90000000 && reg != 0x1f;
}

/* "add" of an unshifted number, and all that loads or stores at one: it is in bits 10 to 21. */
static bool arm64_set_low(unsigned char *code, uint8_t low, int64_t number)
{
	uint32_t instruction = arm64_instruction(code);
	bool known = (instruction & 0x7fc00000) == 0x11000000 ||
		     (instruction & 0x3b000000) == 0x39000000;

	if (!known || number < 0 || number % low || number / low > 0xfff)
		return false;
	instruction = (instruction & ~((uint32_t)0xfff << 10)) | (uint32_t)(number / low) << 10;
	arm64_put(code, instruction);
	return true;
}

/* module_finalize() */
static const char *const arm64_early[] = {
	".altinstructions",
	".altinstr_replacement",
	".init.eh_frame",
	NULL,
};

/* arch/arm64/include/asm/syscall_wrapper.h */
static const char *const arm64_syscalls[] = {"__arm64_sys_", "__arm64_compat_sys_", NULL};

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
		/* arch/x86/kernel/module.c, apply_relocate_add(): text_poke() */
		.writes_code = true,
		.relative_operand = x86_64_relative_operand,
		.operand_ahead = 4,
		.landing = "\xf3\x0f\x1e\xfa", /* ENDBR64 */
		.sealed_section = ".ibt_endbr_seal",
		.percpu_prefix = X86_GS,
		.percpu_operand = x86_64_percpu_operand,
		.early_sections = x86_64_early,
		.reloc = x86_64_relocs,
		.branch = x86_branch,
		.traced_size = 5, /* arch/x86/include/asm/ftrace.h */
		.immediate = x86_immediate,
		.nop = x86_nop,
		.syscall_prefixes = x86_64_syscalls,
		/*
		 * arch/x86/entry/syscall_32.c: a function since 1e3ad78334a6 ("x86/syscall: Don't
		 * force use of indirect calls for system calls"), a table before
		 */
		.syscall_table = "ia32_sys_call_table",
		.syscall_caller = "ia32_sys_call",
	},
	{
		.name = "riscv64",
		.machine = EM_RISCV,
		.abs64 = R_RISCV_64,
		.abs32 = R_RISCV_32,
		.traced_section = "__patchable_function_entries",
		/* arch/riscv/include/asm/pgtable.h: MODULES_VADDR, MODULES_END */
		.modules_below = true,
		.stub = &riscv64_stub,
		.load_instead = riscv64_load_instead,
		.early_sections = riscv64_early,
		.reloc = riscv64_relocs,
		.sums = riscv64_sums,
	},
	{
		.name = "s390x",
		.machine = EM_S390,
		.abs64 = R_390_64,
		.abs32 = R_390_32,
		.pc32 = R_390_PC32DBL,
		/* arch/s390/kernel/module.c, module_frob_arch_sections() defines it */
		.ignored_undef = "_GLOBAL_OFFSET_TABLE_",
		.traced_section = "__mcount_loc",
		.takes_none = true,
		/* arch/s390/kernel/module.c, apply_relocate_add(): s390_kernel_write() */
		.writes_code = true,
		.load_instead = s390x_load_instead,
		.relative_operand = s390x_relative_operand,
		.operand_ahead = -2,
		.early_sections = s390x_early,
		.reloc = s390x_relocs,
		.syscall_prefixes = s390x_syscalls,
		.syscall_table = "sys_call_table_emu",
	},
	{
		.name = "loongarch64",
		.machine = EM_LOONGARCH,
		.abs64 = LARCH_64,
		.abs32 = LARCH_32,
		.traced_section = "__patchable_function_entries",
		.takes_none = true,
		.stub = &loongarch64_stub,
		.load_instead = loongarch64_load_instead,
		.early_sections = loongarch64_early,
		.reloc = loongarch64_relocs,
		.sums = loongarch64_sums,
	},
	{
		.name = "aarch64",
		.machine = EM_AARCH64,
		.abs64 = R_AARCH64_ABS64,
		.abs32 = R_AARCH64_ABS32,
		.traced_section = "__patchable_function_entries",
		.traced_padding = 8, /* arch/arm64/Makefile: two nops */
		.takes_none = true,
		.stub = &arm64_stub,
		.veneer = &arm64_veneer,
		.fit_veneer = arm64_fit_veneer,
		.set_low = arm64_set_low,
		.early_sections = arm64_early,
		.reloc = arm64_relocs,
		.syscall_prefixes = arm64_syscalls,
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

bool arch_reloc_is_rest(const struct arch *arch, uint32_t type)
{
	for (const struct arch_reloc *r = arch->reloc; r->name; r++) {
		if (r->label ? r->type == type : r->minus && r->minus == type)
			return true;
	}
	return false;
}
