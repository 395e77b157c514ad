// SPDX-License-Identifier: GPL-2.0-only
/* The row of ppc64le (doc/ppc64le.md): see arch/arch.h. */
#include "arch/rows.h"

#include <elf.h>
#include <string.h>

#define PPC64_HALF "32 bits hold no address, nor the way from a module to vmlinux: use a pointer"
#define PPC64_TOC                                                                               \
	"the code counts from its table of contents to where the symbol is, which is too far: " \
	"compile with klpmake's options, and do not name it in assembler code"
#define PPC64_MARK "it marks a place, and has no symbol"

/* Missing in older <elf.h>. */
#define PPC64_ENTRY 118

/* arch/powerpc/kernel/module_64.c, apply_relocate_add(), without CONFIG_PPC_KERNEL_PCREL */
static const struct arch_reloc ppc64le_relocs[] = {
	{T(R_PPC64_ADDR32), .size = 4, .never = PPC64_HALF},
	{T(R_PPC64_ADDR64), .size = 8, .plain = true},
	{T(R_PPC64_TOC), .size = 8, .never = PPC64_MARK},
	{T(R_PPC64_TOC16), .size = 2, .never = PPC64_TOC},
	{T(R_PPC64_TOC16_LO), .size = 2, .never = PPC64_TOC},
	{T(R_PPC64_TOC16_DS), .size = 2, .never = PPC64_TOC},
	{T(R_PPC64_TOC16_LO_DS), .size = 2, .never = PPC64_TOC},
	{T(R_PPC64_TOC16_HA), .size = 2, .never = PPC64_TOC},
	{T(R_PPC64_REL24), .size = 4, .relative = true, .branch = true,
	 .late = "takes one of the loader's stubs each time that the module is loaded, and the "
		 "loader counted them when it loaded the patch"},
	{T(R_PPC64_REL64), .size = 8, .relative = true, .plain = true},
	{T(R_PPC64_REL32), .size = 4, .relative = true, .plain = true, .never = PPC64_HALF},
	{T(R_PPC64_TOCSAVE), .size = 0, .never = PPC64_MARK},
	{.type = PPC64_ENTRY, .name = "R_PPC64_ENTRY", .size = 0, .never = PPC64_MARK},
	{T(R_PPC64_REL16_HA), .size = 2, .relative = true, .never = PPC64_TOC},
	{T(R_PPC64_REL16_LO), .size = 2, .relative = true, .never = PPC64_TOC},
	{.name = NULL},
};

/*
 * std r2, 24(r1); addis r12, r2, SLOT@toc@ha; ld r12, SLOT@toc@l(r12); mtctr r12; bctr. As the
 * loader's own stubs: r2 is kept where the ABI has a place for it, r12 is where the function is.
 */
static const struct arch_stub ppc64le_stub = {
	.code = "\x18\x00\x41\xf8\x00\x00\x82\x3d\x00\x00\x8c\xe9\xa6\x03\x89\x7d\x20\x04\x80\x4e",
	.size = 20,
	.reloc = {{4, R_PPC64_TOC16_HA, false}, {8, R_PPC64_TOC16_LO_DS, false}},
};

/* bl; nop */
static bool ppc64le_returns(const unsigned char *code)
{
	return (code[3] & 0xfc) == 0x48 && (code[0] & 0x03) == 0x01 &&
	       !memcmp(code + 4, "\x00\x00\x00\x60", 4);
}

/* module_finalize(); what the assembler macros of asm/feature-fixups.h put beside the first */
static const char *const ppc64le_early[] = {
	"__ftr_fixup",
	"__mmu_ftr_fixup",
	"__fw_ftr_fixup",
	"__spec_barrier_fixup",
	"__lwsync_fixup",
	".stubs",
	NULL,
};

/*
 * arch/powerpc/kernel/module.c, module_finalize(); arch/powerpc/include/asm/feature-fixups.h,
 * whose distances count from where the entry begins; __ftr_alt_* is loaded as data
 */
static const char *const ppc64le_appliers[] = {"do_feature_fixups", NULL};
#define PPC64LE_FEATURES(section_)                                                          \
	{                                                                                   \
		.section = section_, .structure = "fixup_entry", .code = "start_off",       \
		.end = "end_off", .other = "alt_start_off", .other_end = "alt_end_off",     \
		.from_entry = true, .form = TABLE_FAR, .other_data = true,                  \
		.functions = ppc64le_appliers, .path = "arch/powerpc/lib/feature-fixups.c", \
	}
static const struct arch_rewrite ppc64le_rewrites[] = {
	PPC64LE_FEATURES("__ftr_fixup"),
	PPC64LE_FEATURES("__mmu_ftr_fixup"),
	PPC64LE_FEATURES("__fw_ftr_fixup"),
	{.section = "__spec_barrier_fixup",
	 .form = TABLE_FAR,
	 .reader = "do_barrier_nospec_fixups_range",
	 .length_size = 4},
	{.section = "__lwsync_fixup",
	 .form = TABLE_FAR,
	 .reader = "do_lwsync_fixups",
	 .length_size = 4},
	{.section = NULL},
};

/* arch/powerpc/include/asm/syscall_wrapper.h adds nothing to the name. */
static const char *const ppc64le_syscalls[] = {"sys_", "compat_sys_", NULL};
static const char *const ppc64le_tables[] = {"compat_sys_call_table", NULL};

const struct arch arch_ppc64le = {
	.name = "ppc64le",
	.machine = EM_PPC64,
	.order = ELFDATA2LSB,
	.reloc = ppc64le_relocs,
	.abs64 = R_PPC64_ADDR64,
	.abs32 = R_PPC64_ADDR32,
	.based = R_PPC64_RELATIVE,
	.loader =
		{
			/* dedotify() defines it */
			.ignored_undef = ".TOC.",
			.rewrites = ppc64le_rewrites,
			.early_sections = ppc64le_early,
		},
	.slots =
		{
			.stub = &ppc64le_stub,
			/* restore_r2(): "Expected nop after call", but for calls of
			   is_mprofile_ftrace_call() */
			.returns = ppc64le_returns,
			.restore = "\x18\x00\x41\xe8", /* ld r2, 24(r1) */
			.tracer = "_mcount",
		},
	.ftrace =
		{
			/* CONFIG_ARCH_USING_PATCHABLE_FUNCTION_ENTRY: the second, as compilers
			   since gcc 13 can */
			.section = {"__mcount_loc", "__patchable_function_entries"},
		},
	.syscall =
		{
			.prefixes = ppc64le_syscalls,
			.tables = ppc64le_tables,
		},
	.module_flag = "-mcmodel=", /* arch/powerpc/Makefile: medium, and large */
};
