// SPDX-License-Identifier: GPL-2.0-only
/* The row of s390x (doc/s390x.md): see arch/arch.h. */
#include "arch/rows.h"

#include <elf.h>
#include <string.h>

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
	{T(R_390_64), .size = 8, .plain = true},
	{T(R_390_PC16), .size = 2, .relative = true, .never = S390_HALF},
	{T(R_390_PC16DBL), .size = 2, .relative = true, .branch = true, .never = REACHES_NEAR},
	{T(R_390_PC32DBL), .size = 4, .relative = true, .slot = R_390_PC32DBL, .whole = true,
	 .call = {R_390_PLT32DBL, R_390_PC32DBL}},
	{T(R_390_PC32), .size = 4, .relative = true, .plain = true},
	{T(R_390_PC64), .size = 8, .relative = true, .plain = true},
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
	".altinstructions",	   ".altinstr_replacement",
	".s390_indirect_branches", ".s390_indirect_jump",
	".s390_indirect_call",	   ".s390_return_reg",
	".s390_return_mem",	   NULL,
};

static const char *const s390x_appliers[] = {"apply_alternatives", "__apply_alternatives", NULL};
static const struct arch_rewrite s390x_rewrites[] = {
	{
		.section = ".altinstructions",
		.structure = "alt_instr",
		.code = "instr_offset",
		.length = "instrlen",
		.other = "repl_offset",
		.other_length = "instrlen",
		.other_section = ".altinstr_replacement",
		.length_size = 1,
		.functions = s390x_appliers,
		.path = "arch/s390/kernel/alternative.c",
	},
	{.section = NULL},
};

/* arch/s390/kernel/nospec-branch.c, __nospec_revert(): it writes to where these lead */
#define S390X_BRANCHES(section_)                                                          \
	{                                                                                 \
		.section = section_, .reader = "nospec_revert", .once = true, .member = { \
			{.name = "instruction", .form = TABLE_DISTANCE, .code = true}     \
		}                                                                         \
	}
static const struct table s390x_module_tables[] = {
	S390X_BRANCHES(".s390_indirect_branches"), S390X_BRANCHES(".s390_indirect_jump"),
	S390X_BRANCHES(".s390_indirect_call"),	   S390X_BRANCHES(".s390_return_reg"),
	S390X_BRANCHES(".s390_return_mem"),	   {.section = NULL},
};

/* brcl and brasl: what it makes of others is nothing, and the compiler lists none. */
static bool is_branch(const unsigned char *code, size_t size)
{
	unsigned int second = size >= 6 ? code[1] & 0x0f : 0;

	return size >= 6 && code[0] == 0xc0 && (second == 4 || second == 5);
}

static const struct table_site s390x_table_sites[] = {
	{".s390_indirect_branches", is_branch, NULL}, {".s390_indirect_jump", is_branch, NULL},
	{".s390_indirect_call", is_branch, NULL},     {".s390_return_reg", is_branch, NULL},
	{".s390_return_mem", is_branch, NULL},	      {.section = NULL},
};

/* arch/s390/include/asm/syscall_wrapper.h */
static const char *const s390x_syscalls[] = {
	"__s390x_sys_",
	"__s390_sys_",
	"__s390_compat_sys_",
	NULL,
};
static const char *const s390x_tables[] = {"sys_call_table_emu", NULL};

const struct arch arch_s390x = {
	.name = "s390x",
	.machine = EM_S390,
	.order = ELFDATA2MSB,
	.reloc = s390x_relocs,
	.abs64 = R_390_64,
	.abs32 = R_390_32,
	.based = R_390_RELATIVE,
	.pc32 = R_390_PC32DBL,
	.loader =
		{
			/* arch/s390/kernel/module.c, module_frob_arch_sections() defines it */
			.ignored_undef = "_GLOBAL_OFFSET_TABLE_",
			.takes_none = true,
			/* arch/s390/kernel/module.c, apply_relocate_add(): s390_kernel_write() */
			.writes_code = true,
			.rewrites = s390x_rewrites,
			.early_sections = s390x_early,
		},
	.slots =
		{
			.load_instead = s390x_load_instead,
		},
	.ftrace =
		{
			.section = {"__mcount_loc"},
		},
	.code =
		{
			.relative_operand = s390x_relative_operand,
			.operand_ahead = -2,
		},
	.syscall =
		{
			.prefixes = s390x_syscalls,
			.tables = s390x_tables,
		},
	.tables = s390x_module_tables,
	.sites = s390x_table_sites,
};
