// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpcheck: would this kernel take this livepatch module, and do with it what its author means?
 *
 * It reads a finished module as the kernel's loader and livepatch core do, whichever tool made it.
 * It shares no code that decides or rewrites with klplink, so that it finds what klplink gets
 * wrong. It reports all that it finds.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cpu_limit.h"
#include "base/printable.h"
#include "check/effect/baseline.h"
#include "check/messages.h"
#include "check/say.h"
#include "kernel/options.h"

struct options {
	struct target_options target;
	struct module_options modules;
	const char *module;
	struct witness witness; /* of --baseline */
	size_t lists_cap;
	bool json, verbose, quiet, sources;
};

static const char help[] =
	"Usage: klpcheck --vmlinux FILE [OPTION...] MODULE.ko\n"
	"Checks a livepatch module as the kernel will when it is loaded.\n"
	"Exit status: 0 fine, 1 something is wrong, 2 wrong usage.\n"
	"\n"
	"  --json              report as JSON\n"
	"  -v, --verbose       list symbols, functions and taints\n"
	"  -q, --quiet         no report, only errors and warnings\n"
	"  --allow CHECK       accept what this check finds (repeatable; a list with\n"
	"                      commas)\n"
	"  --sources           only list the source files of the functions that it\n"
	"                      replaces\n"
	"  --baseline DIR      only compare these functions with object files below DIR,\n"
	"                      which were compiled from these sources, unchanged\n"
	"  --table FILE        ... and the symbols that klpsyms has found, with those\n"
	"                      that the kernel's own code has\n"
	"  --list FILE         ... which klpdiff has listed (repeatable)\n"
	"  --kernel-source DIR  the kernel's source tree, to compare copies of its\n"
	"                      functions with\n"
	"  --patch-source DIR  where the patch's own files are, for the same\n"
	"  --compared FILE     a file of the kernel's source that klpdiff has compared as\n"
	"                      a whole (repeatable)\n" MODULE_OPTIONS_HELP TARGET_OPTIONS_HELP;

static void add_list(struct options *o, const char *path)
{
	GROW(o->witness.list, o->witness.lists, o->lists_cap);
	o->witness.list[o->witness.lists++] = path;
}

static void add_compared(struct check *c, const char *path)
{
	GROW(c->compared, c->compared_num, c->compared_cap);
	c->compared[c->compared_num++] = path;
}

static void parse_options(struct options *o, struct check *c, int argc, char **argv)
{
	enum {
		OPT_JSON = OPT_OWN,
		OPT_ALLOW,
		OPT_SOURCES,
		OPT_BASELINE,
		OPT_TABLE,
		OPT_LIST,
		OPT_KERNEL,
		OPT_PATCH,
		OPT_COMPARED
	};
	static const struct option long_options[] = {
		{"json", no_argument, NULL, OPT_JSON},
		{"allow", required_argument, NULL, OPT_ALLOW},
		{"sources", no_argument, NULL, OPT_SOURCES},
		{"baseline", required_argument, NULL, OPT_BASELINE},
		{"table", required_argument, NULL, OPT_TABLE},
		{"list", required_argument, NULL, OPT_LIST},
		{"kernel-source", required_argument, NULL, OPT_KERNEL},
		{"patch-source", required_argument, NULL, OPT_PATCH},
		{"compared", required_argument, NULL, OPT_COMPARED},
		{"verbose", no_argument, NULL, 'v'},
		{"quiet", no_argument, NULL, 'q'},
		MODULE_OPTIONS,
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	char *text = check_passes_help(help);
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":vqhV", long_options, NULL)) != -1) {
		if (opt == OPT_JSON)
			o->json = true;
		else if (opt == OPT_ALLOW)
			check_allow(c, optarg);
		else if (opt == OPT_SOURCES)
			o->sources = true;
		else if (opt == OPT_BASELINE)
			o->witness.dir = optarg;
		else if (opt == OPT_TABLE)
			o->witness.table = optarg;
		else if (opt == OPT_LIST)
			add_list(o, optarg);
		else if (opt == OPT_KERNEL)
			c->kernel_source = optarg;
		else if (opt == OPT_PATCH)
			c->patch_source = optarg;
		else if (opt == OPT_COMPARED)
			add_compared(c, optarg);
		else if (opt == 'v')
			o->verbose = true;
		else if (opt == 'q')
			o->quiet = true;
		else if (!take_module_option(opt, optarg, &o->modules) &&
			 !take_target_option(opt, optarg, &o->target, text))
			usage_error_option(opt, argv);
	}
	free(text);
	if (!o->target.vmlinux)
		usage_error("--vmlinux is missing");
	if (o->witness.table && !o->witness.dir)
		usage_error("--table is for --baseline");
	if (o->witness.lists && !o->witness.table)
		usage_error("--list needs --table");
	if (optind + 1 != argc)
		usage_error(optind == argc ? "no module named" : "more than one module named");
	o->module = argv[optind];
}

static int open_dwarf(struct check *c)
{
	struct elf_file *vmlinux = c->target.vmlinux;

	return dwarf_file_present(vmlinux) ? dwarf_file_open(vmlinux, &c->dwarf) : 0;
}

/* Reads module and kernel; -1 when the files are too damaged to check anything. */
static int read_all(struct check *c, const struct options *o)
{
	if (target_open(&c->target, &o->target) || elf_file_open(c->path, &c->mod) ||
	    check_shape(c) || open_dwarf(c))
		return -1;
	check_sections(c);
	check_symbol_names(c);
	check_relocations(c);
	check_patch_read(c);
	return check_read_target(c);
}

/* What is asked for: all passes, or what is about the kernel's own sources. */
static void run_checks(struct check *c, struct options *o)
{
	if (!o->sources && !o->witness.dir) {
		check_passes_run(c);
		return;
	}
	check_patch(c);
	if (o->sources)
		baseline_sources(c);
	else
		baseline_compare(c, &o->witness, o->json);
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct check c = {0};
	bool whole, ok;

	progname = "klpcheck";
	printable_output();
	check_passes_init(&c);
	parse_options(&o, &c, argc, argv);
	c.path = o.module;
	check_messages_keep(&c);
	cpu_limit(o.module);
	c.verbose = o.verbose;
	c.objects.files = &o.modules;
	c.objects.symbols_only = true;
	whole = read_all(&c, &o) == 0;
	if (whole)
		run_checks(&c, &o);
	ok = whole && error_count() == 0;
	if (whole && (o.sources || o.witness.dir))
		; /* has been said */
	else if (o.json)
		check_report_json(&c, ok);
	else if (whole && !o.quiet)
		check_report_text(&c, ok);
	if (fflush(stdout) || ferror(stdout)) {
		error("the report could not be written");
		ok = false;
	}
	check_free(&c);
	check_messages_free();
	free(o.modules.extra);
	free(o.witness.list);
	free(c.compared);
	free(o.target.symvers);
	return ok ? 0 : EXIT_REFUSED;
}
