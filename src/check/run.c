// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passes of klpcheck by name: the order in which they run, what each asks of the kernel, and
 * which of them the user may waive with --allow. What a pass finds that the kernel would refuse, or
 * that makes no sense of the module, stays an error whatever the user says.
 */
#include <stdlib.h>
#include <string.h>

#include "check/child.h"
#include "check/effect/old.h"
#include "check/module/versions.h"
#include "check/same.h"
#include "check/say.h"
#include "dwarf/file.h"
#include "kernel/options.h"
#include "kernel/rules.h"

static const struct check_pass passes[] = {
	{"modinfo", "livepatch, licence, name, version magic", false, check_modinfo, NULL},
	{"symbols", "livepatch symbols and their positions", false, check_symbol_positions,
	 check_symbol_positions_want},
	{"undefined", "undefined symbols and their versions", false, check_undefined,
	 versions_want},
	{"loader", "relocations that this kernel does not know", false, check_loader, NULL},
	{"pairs", "relocations that the kernel applies in pairs", false, check_pairs, NULL},
	{"calls", "what restores a register behind calls", false, check_calls, NULL},
	{"rewrites", "symbols of modules in code that the kernel replaces", false, check_rewrites,
	 NULL},
	{"static-calls", "static calls of which the kernel has no key", false, check_static_calls,
	 check_static_calls_want},
	{"instructions", "code that is not a sequence of instructions", false, check_instructions,
	 NULL},
	{"values", "what relocations and symbols come to", false, check_values, NULL},
	{"struct-module", "struct module as modpost writes it", false, check_struct_module, NULL},
	{"tables", "tables that the kernel reads of a module", false, check_tables, NULL},
	{"init", "what the kernel frees when the patch is loaded", false, check_init, NULL},
	{"leftovers", "what only the kernel itself can define", false, check_leftovers, NULL},
	{"functions", "functions that the kernel cannot replace", false, check_patch,
	 check_patch_want},
	{"presets", "what only livepatch itself writes into its structures", false, check_presets,
	 NULL},
	{"lists", "lists of the patch that end too early", false, check_lists, NULL},
	{"wo-ftrace", "what a kernel that patches without ftrace does not do", false,
	 check_wo_ftrace, NULL},
	{"modules", "the modules that the patch names", false, check_modules, check_modules_want},
	{"addresses", "addresses of new functions, of functions without a landing", false,
	 check_addresses, NULL},
	{"record", "made for another build, or changed since it was made", true, check_record,
	 NULL},
	{"inlined", "copies of a replaced function in other functions", true, check_inlined, NULL},
	{"clones", "copies of a replaced function under another name", true, check_clones, NULL},
	{"folded", "functions that are one with a replaced function", true, check_folded, NULL},
	{"noreturn", "functions that are never left, as main loops", true, check_noreturn, NULL},
	{"compat", "system calls whose 32-bit entry is not replaced", true, check_compat,
	 check_compat_want},
	{"unchanged", "functions that are replaced with the same code", true, check_unchanged,
	 NULL},
	{"prototypes", "functions declared otherwise than the kernel has them", true, check_types,
	 check_types_want},
	{"data", "variables declared otherwise than the kernel has them", true, check_types, NULL},
	{"layout", "structures of another layout than the kernel's", true, check_types, NULL},
	{"compiler", "another compiler than the kernel's, or other flags", true, check_types, NULL},
	{"helpers", "changed copies of functions that others use as they are", true, check_types,
	 NULL},
	{"locals", "static variables within functions that were copied with them", true,
	 check_types, NULL},
	{"handed", "functions of the patch's own that others keep", false, check_types, NULL},
	{"signature", "modules that have to be signed", false, check_signature,
	 check_signature_want},
};

void check_passes_init(struct check *c)
{
	c->results = ARRAY_SIZE(passes);
	c->result = xcalloc(c->results, sizeof(*c->result));
	for (size_t i = 0; i < c->results; i++)
		c->result[i].pass = &passes[i];
}

static struct check_result *find(struct check *c, const char *name)
{
	for (size_t i = 0; i < c->results; i++) {
		if (!strcmp(c->result[i].pass->name, name))
			return &c->result[i];
	}
	return NULL;
}

static void unknown_check(const char *name)
{
	char *list = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
		if (passes[i].waivable)
			xappend(&list, "%s%s", list ? ", " : "", passes[i].name);
	}
	usage_error("'%s' is not a check that can be waived; those are: %s", name, list);
}

void check_allow(struct check *c, const char *names)
{
	char *copy = xstrdup(names), *rest = copy, *name;

	while ((name = strsep(&rest, ","))) {
		struct check_result *r = find(c, name);

		if (!r || !r->pass->waivable)
			unknown_check(name);
		else
			r->allowed = true;
	}
	free(copy);
}

char *check_passes_help(const char *help)
{
	char *text = xasprintf("%s\nChecks that --allow waives:\n", help);

	for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
		if (passes[i].waivable)
			xappend(&text, "  %-12s %s\n", passes[i].name, passes[i].what);
	}
	return text;
}

void check_passes_run(struct check *c)
{
	for (size_t i = 0; i < c->results; i++) {
		c->now = &c->result[i];
		/* All that follows would be dozens of differences between two kernels. */
		if (c->other_build)
			note(c, "it was made for another build of the kernel");
		else
			c->now->pass->run(c);
		/*
		 * It takes longest, and needs what is known of the replaced functions: it works
		 * beside the passes that are still before its own.
		 */
		if (c->old)
			check_types_begin(c);
	}
	c->now = NULL;
}

void check_want(struct check *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
		if (passes[i].want)
			passes[i].want(c);
	}
}

int check_open_objects(struct check *c)
{
	if (kernel_objects(&c->objects, c->target))
		return -1;
	check_open_modules(c);
	return 0;
}

void check_free(struct check *c)
{
	for (size_t i = 0; i < c->symbol_num; i++)
		free(c->symbol[i].name);
	for (size_t i = 0; i < c->note_num; i++)
		free(c->note[i]);
	check_comparison_free(c);
	check_old_free(c);
	for (size_t i = 0; i < c->results; i++)
		free(c->result[i].checked);
	free(c->result);
	findings_free(c->types);
	free(c->section);
	free(c->symbol);
	free(c->symbol_of);
	free(c->func);
	free(c->module);
	free(c->use);
	free(c->note);
	patches_free(&c->patches);
	relocs_free(&c->relocs);
	for (size_t i = 0; c->source && i < c->mod->symnum; i++)
		free(c->source[i]);
	free(c->source);
	for (size_t i = 0; c->instructions && i < c->mod->shnum; i++)
		free(c->instructions[i]);
	free(c->instructions);
	objects_close(&c->objects);
	elf_file_close(c->mod);
}
