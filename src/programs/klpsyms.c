// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpsyms decides which symbol of the target kernel each name of a livepatch means.
 *
 * It reads the object files of the patch, the tags of their sources, and the target's vmlinux, and
 * writes _klpmake.syms, which klplink carries out. It changes no object file: where two files mean
 * different symbols by one name it lists the renames that the driver has to make.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/message_order.h"
#include "base/printable.h"
#include "base/util.h"
#include "image/objects.h"
#include "kernel/options.h"
#include "kernel/rules.h"
#include "klp/format.h"
#include "resolve/addresses.h"
#include "resolve/collect.h"
#include "resolve/explain.h"
#include "resolve/replaced.h"
#include "resolve/special_uses.h"
#include "resolve/uses.h"
#include "symbols/sealed.h"

static const char help[] =
	"Usage: klpsyms --vmlinux FILE --symvers FILE -o TABLE [OPTION...]\n"
	"               --module X.ko.partial A.o [B.o...] [--module Y.ko.partial C.o...]\n"
	"       klpsyms --vmlinux FILE --explain NAMES [--headers DIR...] [OPTION...]\n"
	"Decides which kernel symbol each undefined name of the object files means; or says\n"
	"what to write for names that a compiler did not know.\n"
	"\n"
	"  -o, --output FILE   the table to write\n"
	"  --allow CHECK       write down that this check is waived (repeatable)\n"
	"  --cache FILE        keep the names of vmlinux's compile units here for the next run\n"
	"  --explain FILE      'SOURCE KIND NAME' lines, with tabs: klpsyms(1)\n"
	"  --headers DIR       the kernel's headers, for --explain (repeatable)\n"
	"  --renames FILE      write 'OBJECT OLD NEW' lines here where one name means two "
	"symbols\n" MODULE_OPTIONS_HELP TARGET_OPTIONS_HELP;

struct options {
	struct target_options target;
	struct module_options modules;
	const char *output, *renames, *cache, *explain;
	const char **allow;
	size_t allows, allows_cap;
	const char **headers;
	size_t header_dirs, headers_cap;
};

/* Comments which unit includes a tagged file, because the scope is the whole unit. */
static void add_included(char **head, const struct scopes *scopes)
{
	for (size_t i = 0; i < scopes->n; i++) {
		const struct unit_query *q = &scopes->scope[i].query;
		char *longer;

		if (!q->included)
			continue;
		longer = xasprintf("%s# %s is compiled in %s\n", *head, q->path, q->unit[0].name);
		free(*head);
		*head = longer;
	}
}

/* What each module will say of how it was made. */
static void record(const struct options *opt, const struct modules *mods,
		   const struct target *target, struct symtable *table)
{
	for (size_t i = 0; i < mods->n; i++) {
		const char *module = mods->m[i].name;

		symtable_add_modinfo(table, module, xstrdup(KLP_INFO_VERSION "=" KLPMAKE_VERSION));
		if (target->build_id[0])
			symtable_add_modinfo(table, module,
					     xasprintf(KLP_INFO_KERNEL "=%s", target->build_id));
		for (size_t a = 0; a < opt->allows; a++)
			symtable_add_modinfo(table, module,
					     xasprintf(KLP_INFO_ALLOWED "=%s", opt->allow[a]));
	}
}

static int write_table(const struct options *opt, const struct target *target,
		       const struct scopes *scopes, struct symtable *table)
{
	CLEANUP_FREE char *head =
		xasprintf("# klpmake symbol table: which kernel symbol each name means\n"
			  "# kernel %s, vmlinux build-id %s\n",
			  opt->target.release ? opt->target.release : "unknown",
			  target->build_id[0] ? target->build_id : "none");

	add_included(&head, scopes);
	return symtable_write(table, opt->output, head);
}

/* What is found out on the way to the table. */
struct found_out {
	struct objects objects;
	struct scopes scopes;
	struct decisions all;
	struct replacements replaced;
	struct symtable table;
};

static int find_out(const struct options *opt, struct modules *mods, struct target *target,
		    struct found_out *f)
{
	struct resolver r = {.objects = &f->objects};

	f->objects.files = &opt->modules;
	sealed_want(&target->kallsyms);
	collect_names(mods, &target->kallsyms, &f->scopes);
	if (target_read_symbols(target) || kernel_objects(&f->objects, target))
		return -1;
	f->objects.obj[0]->dwarf->units_cache = opt->cache;
	if (scopes_read(&f->scopes, &f->objects))
		return -1;
	decide_uses(&r, mods, &f->scopes, &f->all);
	decide_functions(&r, mods, &f->scopes, &f->table, &f->replaced);
	decide_addresses(&r, mods, &f->replaced, &f->table);
	refuse_special_uses(&f->objects, mods, &f->all);
	if (error_count() || write_renames(&f->all, opt->renames))
		return -1;
	add_symbols(&f->all, &f->table);
	decide_depends(mods, &f->all, &f->table);
	record(opt, mods, target, &f->table);
	return write_table(opt, target, &f->scopes, &f->table);
}

static int decide(const struct options *opt, struct modules *mods, struct target *target)
{
	struct found_out f = {.scopes = {0}};
	int status;

	for (size_t i = 0; i < mods->n; i++) {
		if (patch_module_read_patch(&mods->m[i], target->vmlinux))
			return -1;
	}
	messages_hold();
	status = find_out(opt, mods, target, &f);
	messages_tell();
	symtable_free(&f.table);
	free(f.all.d);
	free(f.replaced.r);
	scopes_free(&f.scopes);
	objects_close(&f.objects);
	return status;
}

/* --module X.ko.partial A.o B.o --module Y.ko.partial C.o: a leading '-' keeps the order. */
static void parse(int argc, char **argv, struct options *opt, char ***words, size_t *n)
{
	static const struct option longopts[] = {
		{"output", required_argument, NULL, 'o'},
		{"renames", required_argument, NULL, OPT_OWN},
		{"module", no_argument, NULL, OPT_OWN + 1},
		{"cache", required_argument, NULL, OPT_OWN + 2},
		{"allow", required_argument, NULL, OPT_OWN + 3},
		{"explain", required_argument, NULL, OPT_OWN + 4},
		{"headers", required_argument, NULL, OPT_OWN + 5},
		MODULE_OPTIONS,
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	size_t cap = 0;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "-:o:hV", longopts, NULL)) != -1) {
		if (take_target_option(c, optarg, &opt->target, help) ||
		    take_module_option(c, optarg, &opt->modules))
			continue;
		if (c == 'o')
			opt->output = optarg;
		else if (c == OPT_OWN)
			opt->renames = optarg;
		else if (c == OPT_OWN + 2)
			opt->cache = optarg;
		else if (c == OPT_OWN + 3) {
			GROW(opt->allow, opt->allows, opt->allows_cap);
			opt->allow[opt->allows++] = optarg;
		} else if (c == OPT_OWN + 4) {
			opt->explain = optarg;
		} else if (c == OPT_OWN + 5) {
			GROW(opt->headers, opt->header_dirs, opt->headers_cap);
			opt->headers[opt->header_dirs++] = optarg;
		} else if (c == OPT_OWN + 1 || c == 1) {
			GROW(*words, *n, cap);
			(*words)[(*n)++] = c == 1 ? optarg : NULL;
		} else
			usage_error_option(c, argv);
	}
	if (opt->explain) {
		if (!opt->target.vmlinux || *n)
			usage_error("--explain needs --vmlinux, and takes no object files");
		return;
	}
	if (!opt->target.vmlinux || !opt->target.symvers || !opt->output)
		usage_error("--vmlinux, --symvers and -o are needed");
	for (size_t i = 0; i < opt->allows; i++) {
		if (opt->allow[i][strspn(opt->allow[i], "abcdefghijklmnopqrstuvwxyz-")])
			usage_error("'%s' is not the name of a check", opt->allow[i]);
	}
	if (*n < 3 || (*words)[0] || !(*words)[1] || !(*words)[2])
		usage_error("--module needs a partially linked module and its object files");
}

static int open_modules(struct modules *mods, char **words, size_t n)
{
	mods->m = xcalloc(n, sizeof(*mods->m));
	for (size_t i = 0; i < n; mods->n++) {
		size_t end = i + 1;

		while (end < n && words[end])
			end++;
		if (end < i + 3)
			usage_error(
				"--module needs a partially linked module and its object files");
		if (patch_module_open(&mods->m[mods->n], words[i + 1], words + i + 2, end - i - 2))
			return -1;
		i = end;
	}
	return 0;
}

static int explain_names(const struct options *opt, struct target *target)
{
	struct objects objects = {.files = &opt->modules};
	int status = target_read_symbols(target) || kernel_objects(&objects, target);

	if (!status) {
		objects.obj[0]->dwarf->units_cache = opt->cache;
		status = explain(&objects, opt->explain, opt->headers, opt->header_dirs);
	}
	objects_close(&objects);
	return status;
}

int main(int argc, char **argv)
{
	struct options opt = {0};
	struct modules mods = {0};
	struct target target = {0};
	char **words = NULL;
	size_t n = 0;
	int status;

	progname = "klpsyms";
	printable_output();
	parse(argc, argv, &opt, &words, &n);
	status = open_modules(&mods, words, n) || target_open(&target, &opt.target) ||
		 (opt.explain ? explain_names(&opt, &target) : decide(&opt, &mods, &target));
	for (size_t i = 0; i < mods.n; i++)
		patch_module_close(&mods.m[i]);
	free(mods.m);
	free(words);
	free(opt.modules.extra);
	free(opt.target.symvers);
	free(opt.allow);
	free(opt.headers);
	target_close(&target);
	return status ? EXIT_REFUSED : EXIT_SUCCESS;
}
