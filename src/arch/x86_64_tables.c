// SPDX-License-Identifier: GPL-2.0-only
/*
 * What modules of x86_64 list of their code, for arch/x86/kernel/module.c, module_finalize(), and
 * what has to be at the places listed: see arch/tables.h.
 */
#include "arch/rows.h"

#include <string.h>

/* arch/x86/kernel/alternative.c, callthunks.c */
const struct table x86_64_module_tables[] = {
	{.section = ".smp_locks",
	 .reader = "alternatives_smp_module_add",
	 .member = {{.name = "instruction", .form = TABLE_DISTANCE, .code = true}}},
	{.section = ".return_sites",
	 .once = true,
	 .reader = "apply_returns",
	 .member = {{.name = "instruction", .form = TABLE_DISTANCE, .code = true}}},
	{.section = ".retpoline_sites",
	 .once = true,
	 .reader = "apply_retpolines",
	 .member = {{.name = "instruction", .form = TABLE_DISTANCE, .code = true}}},
	{.section = ".call_sites",
	 .reader = "callthunks_patch_module_calls",
	 .member = {{.name = "instruction", .form = TABLE_DISTANCE, .code = true}}},
	{.section = ".cfi_sites",
	 .reader = "apply_fineibt",
	 .member = {{.name = "function", .form = TABLE_DISTANCE, .code = true}}},
	{.section = ".ibt_endbr_seal",
	 .once = true,
	 .reader = "apply_seal_endbr",
	 .member = {{.name = "function", .form = TABLE_DISTANCE, .code = true}}},
	{.section = NULL},
};

static bool is_call_or_jump(const unsigned char *code, size_t size)
{
	return size >= 5 && (code[0] & 0xfe) == 0xe8;
}

static bool is_branch(const unsigned char *code, size_t size)
{
	return is_call_or_jump(code, size) ||
	       (size >= 6 && code[0] == 0x0f && (code[1] & 0xf0) == 0x80);
}

/* The compiler keeps a byte for what takes the place of a jump through a register. */
static bool is_indirect(const unsigned char *code, size_t size)
{
	return is_branch(code, size) || (size && code[0] == 0x2e && is_branch(code + 1, size - 1));
}

static bool is_nop5(const unsigned char *code, size_t size)
{
	return size >= 5 && !memcmp(code, "\x0f\x1f\x44\x00\x00", 5);
}

/* ftrace_make_nop() of arch/x86/kernel/ftrace.c: "call __fentry__", or what objtool made of it */
static bool is_traced(const unsigned char *code, size_t size)
{
	return (size >= 5 && code[0] == 0xe8) || is_nop5(code, size);
}

/* __jump_label_patch() of arch/x86/kernel/jump_label.c calls BUG() when it finds anything else. */
static bool is_jump_label(const unsigned char *code, size_t size)
{
	return is_nop5(code, size) || (size >= 5 && code[0] == 0xe9) ||
	       (size >= 2 && (code[0] == 0xeb || !memcmp(code, "\x66\x90", 2)));
}

/* alternatives_smp_unlock() and _lock() change the prefix, and pass over another one before it. */
static bool is_locked(const unsigned char *code, size_t size)
{
	return size && (code[0] == 0xf0 || code[0] == 0x3e || code[0] == 0x66);
}

static bool is_return(const unsigned char *code, size_t size)
{
	return size && (code[0] == 0xe9 || code[0] == 0xc3);
}

/* is_valid_bugaddr(): UD2, or UD1 with a register */
static bool is_trap(const unsigned char *code, size_t size)
{
	return (size >= 2 && code[0] == 0x0f && (code[1] == 0x0b || code[1] == 0xb9)) ||
	       (size >= 3 && code[0] == 0x67 && code[1] == 0x0f && code[2] == 0xb9);
}

static bool is_landing(const unsigned char *code, size_t size)
{
	return size >= 4 && !memcmp(code, "\xf3\x0f\x1e\xfa", 4);
}

const struct table_site x86_64_table_sites[] = {
	{"__mcount_loc", is_traced, "__fentry__"},
	{"__jump_table", is_jump_label, NULL},
	{".static_call_sites", is_branch, "__SCT__"},
	{"__bug_table", is_trap, NULL},
	{".smp_locks", is_locked, NULL},
	{".return_sites", is_return, "__x86_return_thunk"},
	{".retpoline_sites", is_indirect, "__x86_indirect_"},
	{".call_sites", is_branch, NULL},
	{".ibt_endbr_seal", is_landing, NULL},
	{.section = NULL},
};
