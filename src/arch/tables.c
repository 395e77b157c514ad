// SPDX-License-Identifier: GPL-2.0-only
/* The tables that every architecture's modules may have: see arch/tables.h. */
#include "arch/tables.h"

#include <string.h>

/*
 * Entries are described by the structures of the kernel's headers. Where two members of one meaning
 * are named, the structure has one of them, as the kernel is configured. Exports (__ksymtab) are
 * check/module/leftovers.c's business.
 */
static const struct table tables[] = {
	/* kernel/trace/ftrace.c, ftrace_process_locs(); the two names that arch.ftrace.section has
	 */
	{.section = "__mcount_loc",
	 .once = true,
	 .reader = "ftrace_process_locs",
	 .member = {{.name = "call site", .form = TABLE_POINTER, .code = true}}},
	{.section = "__patchable_function_entries",
	 .once = true,
	 .reader = "ftrace_process_locs",
	 .member = {{.name = "call site", .form = TABLE_POINTER, .code = true}}},
	/* kernel/jump_label.c, jump_label_add_module() sorts it when it is mapped already */
	{.section = "__jump_table",
	 .once = true,
	 .structure = "jump_entry",
	 .reader = "jump_label_add_module",
	 .written = true,
	 .member = {{.name = "code", .form = TABLE_DISTANCE, .code = true},
		    {.name = "target", .form = TABLE_DISTANCE, .code = true, .same = true},
		    {.name = "key", .form = TABLE_FAR}}},
	/* kernel/static_call_inline.c, static_call_add_module() and __static_call_init() */
	{.section = ".static_call_sites",
	 .once = true,
	 .structure = "static_call_site",
	 .reader = "static_call_add_module",
	 .written = true,
	 .member = {{.name = "addr", .form = TABLE_DISTANCE, .code = true},
		    {.name = "key", .form = TABLE_DISTANCE}}},
	/* lib/extable.c, search_module_extables(); asm/extable.h */
	{.section = "__ex_table",
	 .structure = "exception_table_entry",
	 .reader = "search_module_extables",
	 .member = {{.name = "insn", .form = TABLE_DISTANCE, .code = true},
		    {.name = "fixup", .form = TABLE_DISTANCE, .code = true, .same = true}}},
	/* lib/bug.c, module_find_bug(); report_bug() marks what it has reported */
	{.section = "__bug_table",
	 .structure = "bug_entry",
	 .reader = "module_find_bug",
	 .written = true,
	 .member = {{.name = "bug_addr_disp", .form = TABLE_DISTANCE, .code = true},
		    {.name = "bug_addr", .form = TABLE_POINTER, .code = true},
		    {.name = "file_disp", .form = TABLE_DISTANCE, .text = true},
		    {.name = "file", .form = TABLE_POINTER, .text = true},
		    {.name = "format_disp", .form = TABLE_DISTANCE, .null = true, .text = true}}},
	/* kernel/tracepoint.c, tracepoint_module_coming(): tracepoint_ptr_t */
	{.section = "__tracepoints_ptrs",
	 .reader = "tracepoint_module_coming",
	 .member = {{.name = "tracepoint", .form = TABLE_EITHER}}},
	/* kernel/trace/trace_events.c, trace_module_add_events() */
	{.section = "_ftrace_events",
	 .reader = "trace_module_add_events",
	 .member = {{.name = "event", .form = TABLE_POINTER}}},
	/* kernel/trace/trace.c, trace_module_add_evals() */
	{.section = "_ftrace_eval_map",
	 .reader = "trace_module_add_evals",
	 .member = {{.name = "map", .form = TABLE_POINTER}}},
	/* kernel/trace/trace_printk.c, hold_module_trace_bprintk_format() */
	{.section = "__trace_printk_fmt",
	 .reader = "hold_module_trace_bprintk_format",
	 .member = {{.name = "format", .form = TABLE_POINTER, .text = true}}},
	/* kernel/rcu/srcutree.c, srcu_module_coming() */
	{.section = "___srcu_struct_ptrs",
	 .reader = "srcu_module_coming",
	 .member = {{.name = "structure", .form = TABLE_POINTER}}},
	/* kernel/kprobes.c, add_module_kprobe_blacklist() */
	{.section = "_kprobe_blacklist",
	 .reader = "add_module_kprobe_blacklist",
	 .member = {{.name = "function", .form = TABLE_POINTER, .code = true}}},
	/* lib/error-inject.c, module_load_ei_list() */
	{.section = "_error_injection_whitelist",
	 .structure = "error_injection_entry",
	 .reader = "module_load_ei_list",
	 .member = {{.name = "addr", .form = TABLE_POINTER, .code = true}}},
	/* lib/dynamic_debug.c, ddebug_add_module(); the flags of an entry are switched */
	{.section = "__dyndbg",
	 .structure = "_ddebug",
	 .reader = "ddebug_add_module",
	 .written = true,
	 .member = {{.name = "modname", .form = TABLE_POINTER, .text = true},
		    {.name = "function", .form = TABLE_POINTER, .text = true},
		    {.name = "filename", .form = TABLE_POINTER, .text = true},
		    {.name = "format", .form = TABLE_POINTER, .text = true}}},
	/*
	 * arch/x86/kernel/unwind_orc.c and that of loongarch, unwind_module_init(): it sorts both
	 * tables, and drops them when they do not fit together
	 */
	{.section = ".orc_unwind_ip",
	 .reader = "unwind_module_init",
	 .member = {{.name = "instruction", .form = TABLE_DISTANCE, .code = true, .end = true}},
	 .beside = ".orc_unwind"},
	{.section = ".orc_unwind",
	 .structure = "orc_entry",
	 .reader = "unwind_module_init",
	 .beside = ".orc_unwind_ip"},
	/* kernel/params.c, parse_args() and module_param_sysfs_setup() */
	{.section = "__param",
	 .structure = "kernel_param",
	 .reader = "parse_args",
	 .more = true, /* the argument, in a union without a name */
	 .member = {{.name = "name", .form = TABLE_POINTER, .text = true},
		    {.name = "mod", .form = TABLE_POINTER, .null = true, .module = true},
		    {.name = "ops", .form = TABLE_POINTER}}},
	/* kernel/module/main.c, do_mod_ctors() */
	{.section = ".ctors",
	 .reader = "do_mod_ctors",
	 .member = {{.name = "constructor", .form = TABLE_POINTER, .code = true}}},
	{.section = ".init_array",
	 .reader = "do_mod_ctors",
	 .member = {{.name = "constructor", .form = TABLE_POINTER, .code = true}}},
	{.section = NULL},
};

static const struct table *find(const struct table *list, const char *section)
{
	for (; list && list->section; list++) {
		if (!strcmp(list->section, section))
			return list;
	}
	return NULL;
}

static const struct arch_rewrite *rewrite_of(const struct arch *arch, const char *section)
{
	for (const struct arch_rewrite *r = arch->loader.rewrites; r && r->section; r++) {
		if (!strcmp(r->section, section))
			return r;
	}
	return NULL;
}

/* The members of a table of code that is replaced, from what the architecture knows of it. */
static struct table from_rewrite(const struct arch_rewrite *r)
{
	struct table t = {.section = r->section,
			  .structure = r->structure,
			  .reader = r->reader ? r->reader : r->functions[0],
			  .rewrite = r};
	size_t n = 0;

	t.member[n++] = (struct table_member){.name = r->code ? r->code : "instruction",
					      .form = r->form,
					      .code = true,
					      .size = r->length};
	if (r->end)
		t.member[n++] = (struct table_member){
			.name = r->end, .form = r->form, .code = true, .end = true};
	if (r->other)
		t.member[n++] = (struct table_member){.name = r->other,
						      .form = r->form,
						      .code = !r->other_data,
						      .end = r->other_end,
						      .in = r->other_section,
						      .size = r->other_length};
	if (r->other_end)
		t.member[n++] = (struct table_member){
			.name = r->other_end, .form = r->form, .code = !r->other_data, .end = true};
	return t;
}

bool table_of(const struct arch *arch, const char *section, struct table *ret)
{
	const struct arch_rewrite *rewrite = rewrite_of(arch, section);
	const struct table *t = find(arch->tables, section);

	if (!t)
		t = find(tables, section);
	if (rewrite)
		*ret = from_rewrite(rewrite);
	else if (t)
		*ret = *t;
	return rewrite || t;
}

const struct table_site *table_site_of(const struct arch *arch, const char *section)
{
	for (const struct table_site *s = arch->sites; s && s->section; s++) {
		if (!strcmp(s->section, section))
			return s;
	}
	return NULL;
}
