// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passes of klpcheck by name: the order in which they run, and which of them the user may waive
 * with --allow. What a pass finds that the kernel would refuse, or that makes no sense of the
 * module, stays an error whatever the user says.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "options.h"

static const struct check_pass passes[] = {
	{"modinfo", "livepatch, licence, name, version magic", false, check_modinfo},
	{"symbols", "livepatch symbols and their positions", false, check_symbol_positions},
	{"undefined", "undefined symbols and their versions", false, check_undefined},
	{"loader", "relocations that this kernel does not know", false, check_loader},
	{"pairs", "relocations that the kernel applies in pairs", false, check_pairs},
	{"calls", "what restores a register behind calls", false, check_calls},
	{"init", "what the kernel frees when the patch is loaded", false, check_init},
	{"leftovers", "what only the kernel itself can define", false, check_leftovers},
	{"functions", "functions that the kernel cannot replace", false, check_patch},
	{"lists", "lists of the patch that end too early", false, check_lists},
	{"wo-ftrace", "what a kernel that patches without ftrace does not do", false,
	 check_wo_ftrace},
	{"modules", "the modules that the patch names", false, check_modules},
	{"addresses", "addresses of new functions, of functions without a landing", false,
	 check_addresses},
	{"record", "made for another build, or changed since it was made", true, check_record},
	{"inlined", "copies of a replaced function in other functions", true, check_inlined},
	{"clones", "copies of a replaced function under another name", true, check_clones},
	{"noreturn", "functions that are never left, as main loops", true, check_noreturn},
	{"compat", "system calls whose 32-bit entry is not replaced", true, check_compat},
	{"unchanged", "functions that are replaced with what they are", true, check_unchanged},
	{"prototypes", "functions declared otherwise than the kernel has them", true, check_types},
	{"data", "variables declared otherwise than the kernel has them", true, check_types},
	{"layout", "structures of another layout than the kernel's", true, check_types},
	{"compiler", "another compiler than the kernel's, or other flags", true, check_types},
	{"signature", "modules that have to be signed", false, check_signature},
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
	usage_error("'%s' is no check that can be waived; those are: %s", name, list);
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
		/* What would follow are differences between two kernels, by the dozen. */
		if (c->other_build)
			note(c, "it was made for another build of the kernel");
		else
			c->now->pass->run(c);
	}
	c->now = NULL;
}
