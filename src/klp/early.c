// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel uses before it knows the symbols of a module: see klp/early.h. */
#include "klp/early.h"

#include <stddef.h>
#include <string.h>

#include "base/util.h"

/* Those of one architecture only are in its row. */
static const char *const sections[] = {
	/* kernel/jump_label.c, jump_label_add_module(); kernel/static_call_inline.c */
	"__jump_table",
	".static_call_sites",
	/* kernel/module/main.c, post_relocation(): the first is sorted, the other copied */
	"__ex_table",
	".data..percpu",
	/* lib/bug.c, module_bug_finalize() */
	"__bug_table",
	/* kernel/trace/ftrace.c, ftrace_module_init() */
	"__mcount_loc",
	"__patchable_function_entries",
	/* MODULE_STATE_COMING: kernel/tracepoint.c, trace/, rcu/, kprobes.c; lib/error-inject.c */
	"__tracepoints_ptrs",
	"_ftrace_events",
	"_ftrace_eval_map",
	"__trace_printk_fmt",
	"___srcu_struct_ptrs",
	"_kprobe_blacklist",
	"_error_injection_whitelist",
	/* lib/dynamic_debug.c, ddebug_add_module() */
	"__dyndbg",
	"__dyndbg_classes",
	/* kernel/module/main.c: parse_args(), do_mod_ctors() and what load_module() itself reads */
	"__param",
	".ctors",
	".init_array",
	".gnu.linkonce.this_module",
	".modinfo",
	NULL,
};

static bool is_among(const char *name, const char *const *list)
{
	for (; *list; list++) {
		if (!strcmp(name, *list))
			return true;
	}
	return false;
}

bool section_runs_anyway(const char *name)
{
	/* kernel/module/main.c, module_init_section(), module_exit_section() */
	return (str_starts(name, ".init") && strcmp(name, ".init_array") != 0) ||
	       str_starts(name, ".exit");
}

bool section_is_early(const struct arch *arch, const char *name)
{
	/* "__ksymtab_gpl", "__version_ext_crcs"... */
	static const char *const prefixes[] = {"__ksymtab", "__kcrctab", "__version"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (str_starts(name, prefixes[i]))
			return true;
	}
	return section_runs_anyway(name) || is_among(name, sections) ||
	       is_among(name, arch->loader.early_sections);
}

bool section_is_read_only(const struct elf_section *s)
{
	return !(s->shdr.sh_flags & SHF_WRITE) || str_starts(s->name, ".data..ro_after_init");
}
