// SPDX-License-Identifier: GPL-2.0-only
/* The row of x86_64: see arch/arch.h. */
#include "arch/rows.h"

#include <elf.h>
#include <string.h>

#include "arch/step_rows.h"

/* arch/x86/kernel/module.c, __write_relocate_add(); no GOT: modules are built without PIC. */
static const struct arch_reloc x86_64_relocs[] = {
	{T(R_X86_64_64), .size = 8, .plain = true},
	{T(R_X86_64_32), .size = 4},
	{T(R_X86_64_32S), .size = 4, .code = true},
	{T(R_X86_64_PC32), .size = 4, .relative = true, .plain = true},
	{T(R_X86_64_PLT32), .size = 4, .relative = true, .branch = true},
	{T(R_X86_64_PC64), .size = 8, .relative = true, .plain = true},
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

/*
 * An operand at a distance from the instruction, which ends with ModRM (mod 0, r/m 5). A byte of
 * that form behind a REX prefix is an opcode, with an immediate operand for %rax: of 32 bits no
 * address of the kernel fits there. Behind a ModRM with r/m 4 it is a SIB.
 */
static bool is_operand(const unsigned char *at, uint64_t before)
{
	return before > 2 && (at[-1] & 0xc7) == 0x05 && (at[-2] & 0x47) != 0x04 &&
	       ((at[-2] & 0xf0) != 0x40 || at[-3] == 0x0f);
}

/*
 * An address: the immediate operand of "mov" to a register of 64 bits (REX.W, 0xc7, ModRM with mod
 * 3), or what an array's index is added to, in "mov" and "lea" (ModRM with r/m 4, SIB with base 5).
 */
static bool is_absolute(const unsigned char *at, uint64_t before)
{
	if (before < 3)
		return false;
	if ((at[-1] & 0xf8) == 0xc0 && at[-2] == 0xc7 && (at[-3] & 0xfe) == 0x48)
		return true;
	return (at[-1] & 0x07) == 0x05 && (at[-2] & 0xc7) == 0x04 &&
	       (at[-3] == 0x8b || at[-3] == 0x89 || at[-3] == 0x8d);
}

static bool x86_64_takes(const unsigned char *code, uint64_t offset, const struct arch_reloc *type)
{
	const unsigned char *at = code + offset;

	if (!offset || type->size != 4)
		return true;
	if (is_operand(at, offset))
		return type->relative;
	return !is_absolute(at, offset) || !type->relative;
}

#define X86_GS 0x65
#define X86_LEA 0x8d

/* An opcode and a ModRM byte stand before the operand, prefixes before that; lea accesses nothing.
 */
static bool x86_64_access(const unsigned char *code, uint64_t offset)
{
	return offset >= 6 && x86_64_relative_operand(code, offset) && code[offset - 2] != X86_LEA;
}

/*
 * If the instruction before ends with a byte like the prefix, this one may be missed; nothing else
 * is ever taken for it.
 */
static bool x86_64_plain_operand(const unsigned char *code, uint64_t offset)
{
	return x86_64_access(code, offset) && !memchr(code + offset - 6, X86_GS, 4);
}

/* %gs, other prefixes, REX, an opcode of one byte or of 0x0f and one, ModRM. */
static size_t x86_64_percpu_operand(const unsigned char *code, uint64_t offset)
{
	if (!x86_64_access(code, offset))
		return 0;
	for (size_t len = 3; len <= 7 && len <= offset; len++) {
		const unsigned char *p = code + offset - len;

		if (*p++ != X86_GS)
			continue;
		while (p < code + offset && (*p == 0x66 || *p == 0xf0 || *p == 0xf2 || *p == 0xf3))
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

static const char *const x86_64_appliers[] = {"apply_alternatives", NULL};
static const struct arch_rewrite x86_64_rewrites[] = {
	{
		.section = ".altinstructions",
		.structure = "alt_instr",
		.code = "instr_offset",
		.length = "instrlen",
		.other = "repl_offset",
		.other_length = "replacementlen",
		.other_section = ".altinstr_replacement",
		.length_size = 1,
		.functions = x86_64_appliers,
		.path = "arch/x86/kernel/alternative.c",
	},
	{
		.section = ".parainstructions",
		.structure = "paravirt_patch_site", /* until 6.6 */
		.form = TABLE_POINTER,
		.reader = "apply_paravirt",
		.code = "instr",
		.length = "len",
		.length_size = 1,
		.functions = x86_64_appliers,
		.path = "arch/x86/kernel/alternative.c",
	},
	{.section = NULL},
};

/* call and jmp, jcc: Intel SDM volume 2 */
static size_t x86_branch(const unsigned char *code, size_t size, int64_t *distance)
{
	bool jcc = code[0] == 0x0f && size > 1 && (code[1] & 0xf0) == 0x80;
	size_t len = jcc ? 6 : 5;

	if ((code[0] == 0xeb || (code[0] & 0xf0) == 0x70) && size > 1) {
		*distance = (int8_t)code[1];
		return 2;
	}
	if ((!jcc && (code[0] & 0xfe) != 0xe8) || size < len)
		return 0;
	code += len - 4;
	*distance = (int32_t)code_word(code);
	return len;
}

/* arch/x86/include/asm/nops.h: those of a jump label and of a traced call site */
static const unsigned char *x86_nop(size_t size)
{
	static const unsigned char nop2[] = {0x66, 0x90}, nop5[] = {0x0f, 0x1f, 0x44, 0x00, 0x00};

	return size == 2 ? nop2 : size == 5 ? nop5 : NULL;
}

/*
 * "movabs $constant, %register" (REX.W, 0xb8 and the register, eight bytes) becomes
 * "mov distance(%rip), %register" (REX.W, 0x8b, ModRM, four bytes) and a no-op of three bytes. REX
 * has the register's fourth bit in its lowest bit there, in its third here.
 */
static size_t x86_load_constant(unsigned char *code, size_t offset)
{
	unsigned char *at = code + offset;
	unsigned char rex, reg;

	if (offset < 2 || (at[-2] & 0xfe) != 0x48 || (at[-1] & 0xf8) != 0xb8)
		return 0;
	rex = at[-2] & 1 ? 0x4c : 0x48;
	reg = at[-1] & 7;
	at[-2] = rex;
	at[-1] = 0x8b;
	at[0] = (unsigned char)(0x05 | reg << 3);
	memcpy(at + 1, "\0\0\0\0\x0f\x1f\0", 7);
	return offset + 1;
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

/*
 * arch/x86/entry/syscall_32.c, syscall_x32.c: functions since 1e3ad78334a6 ("x86/syscall: Don't
 * force use of indirect calls for system calls"), tables before
 */
static const char *const x86_64_tables[] = {"ia32_sys_call_table", "x32_sys_call_table", NULL};

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.order = ELFDATA2LSB,
	.reloc = x86_64_relocs,
	.abs64 = R_X86_64_64,
	.abs32 = R_X86_64_32,
	.based = R_X86_64_RELATIVE,
	.pc32 = R_X86_64_PC32,
	.loader =
		{
			/* kernel/module/main.c, ignore_undef_symbol() */
			.ignored_undef = "_GLOBAL_OFFSET_TABLE_",
			/* "Invalid relocation target, existing value is nonzero" */
			.zero_before_apply = true,
			.takes_none = true,
			/* arch/x86/kernel/module.c, apply_relocate_add(): text_poke() */
			.writes_code = true,
			.rewrites = x86_64_rewrites,
			.early_sections = x86_64_early,
		},
	.ftrace =
		{
			.section = {"__mcount_loc"}, .size = 5, /* arch/x86/include/asm/ftrace.h */
		},
	.code =
		{
			.cut = true,
			.relative_operand = x86_64_relative_operand,
			.takes = x86_64_takes,
			.addresses_in_code = true,
			.operand_ahead = 4,
			.plain_operand = x86_64_plain_operand,
			.percpu_operand = x86_64_percpu_operand,
			.branch = x86_branch,
			.long_branches = "\xe8\xe9\x0f",
			.immediate = x86_immediate,
			.load_constant = x86_load_constant,
			.nop = x86_nop,
		},
	.landing =
		{
			.bytes = "\xf3\x0f\x1e\xfa", /* ENDBR64 */
			.sealed_section = ".ibt_endbr_seal",
		},
	.syscall =
		{
			.prefixes = x86_64_syscalls,
			.tables = x86_64_tables,
			.caller = "ia32_sys_call",
		},
	.tables = x86_64_module_tables,
	.sites = x86_64_table_sites,
	.alternatives_path = "arch/x86/kernel/alternative.c",
};
