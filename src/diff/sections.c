// SPDX-License-Identifier: GPL-2.0-only
/* The sections of an object file: see diff/sections.h. */
#include "diff/sections.h"

#include <string.h>

#include "base/util.h"

/*
 * Tables in which each entry is about the code (or data) that its first reference leads to.
 * include/asm-generic/vmlinux.lds.h, arch/x86/kernel/vmlinux.lds.S; include/linux/objtool.h.
 * riscv64 has its alternatives in .alternative.
 */
static const struct {
	const char *name;
	bool noise;
} tables[] = {
	{".altinstructions", false}, {".alternative", false},
	{"__jump_table", false},     {"__ex_table", false},
	{"__bug_table", false},	     {".parainstructions", false},
	{".smp_locks", true},	     {".printk_index", true},
	{"__mcount_loc", true},	     {"__patchable_function_entries", true},
	{".kcfi_traps", true},
};

/* Never part of a livepatch: they belong to the file as the kernel was built with it. */
static const char *const kernels[] = {
	"__ksymtab",
	"__kcrctab",
	".export_symbol",
	"__param",
	".modinfo",
	".init.",
	".exit.",
	".initcall",
	".con_initcall",
	"__tracepoints",
	"__bpf_raw",
	"_ftrace_event",
	"_ftrace_eval_map",
	"__syscalls_meta",
	".BTF_ids",
	"__modver",
	".ref.data",
	"__tracepoint_str",
	"_error_injection_whitelist",
	".x86_cpu_dev",
	"__dyndbg_classes",
	".setup",
	"__dummy",
	".ctors",
	".init_array",
	"___kentry",
	"__kentry",
	".static_call_tramp_key",
	".discard.addressable",
};

static bool is_one_of(const char *name, const char *const *of, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_starts(name, of[i]))
			return true;
	}
	return false;
}

enum section_kind section_kind(const struct elf_section *s)
{
	bool loaded = s->shdr.sh_flags & SHF_ALLOC;

	if (is_one_of(s->name, kernels, ARRAY_SIZE(kernels)))
		return !loaded				  ? SECTION_NONE
		       : s->shdr.sh_flags & SHF_EXECINSTR ? SECTION_CODE
							  : SECTION_KERNELS;
	if (str_starts(s->name, ".discard.") || section_is_runtime(s))
		return SECTION_TABLE;
	if (!loaded || (s->shdr.sh_type != SHT_PROGBITS && s->shdr.sh_type != SHT_NOBITS))
		return SECTION_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!strcmp(s->name, tables[i].name))
			return SECTION_TABLE;
	}
	if (str_starts(s->name, ".altinstr_") || !strcmp(s->name, ".fixup"))
		return SECTION_BODIES;
	if (s->shdr.sh_flags & SHF_EXECINSTR)
		return SECTION_CODE;
	return s->shdr.sh_flags & SHF_MERGE ? SECTION_MERGED : SECTION_DATA;
}

size_t section_entry_size(const struct elf_section *s, const struct code_tables *t)
{
	for (size_t i = 0; i < TABLES; i++) {
		if (!strcmp(s->name, code_table_name(t, i)))
			return t->t[i].size;
	}
	return 0;
}

bool section_has_structure(const struct elf_section *s, const struct code_tables *t)
{
	for (size_t i = 0; i < TABLES; i++) {
		if (!strcmp(s->name, code_table_name(t, i)))
			return true;
	}
	return false;
}

bool section_is_noise(const struct elf_section *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!strcmp(s->name, tables[i].name))
			return tables[i].noise;
	}
	return str_starts(s->name, ".discard.");
}

bool section_is_runtime(const struct elf_section *s)
{
	return str_starts(s->name, "runtime_");
}

const char *section_runtime_variable(const struct elf_section *s)
{
	static const char prefix[] = "runtime_ptr_";

	return str_starts(s->name, prefix) ? s->name + strlen(prefix) : NULL;
}
