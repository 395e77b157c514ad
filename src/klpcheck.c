// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpcheck: would this kernel take this livepatch module, and do with it what its author means?
 *
 * It re-reads a finished module as the kernel's loader and livepatch core would, whoever made
 * it, and has no code in common with klplink, which writes them: what one gets wrong the other
 * must find. It reports all that it finds.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "check_baseline.h"
#include "cpu_limit.h"
#include "options.h"

struct options {
	struct target_options target;
	struct module_options modules;
	const char *module, *baseline;
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
	"  --allow CHECK       take what this check finds as it is (repeatable; a list "
	"with commas)\n"
	"  --sources           only list the source files of the functions that it replaces\n"
	"  --baseline DIR      only compare these functions with object files below DIR, which were\n"
	"                      compiled from these sources, unchanged\n" MODULE_OPTIONS_HELP
		TARGET_OPTIONS_HELP;

static struct check_messages messages;

static bool keep_message(enum message_kind kind, const char *text)
{
	GROW(messages.m, messages.n, messages.cap);
	messages.m[messages.n++] = (struct check_message){kind, xstrdup(text)};
	return false;
}

static void free_messages(void)
{
	for (size_t i = 0; i < messages.n; i++)
		free(messages.m[i].text);
	free(messages.m);
}

static void parse_options(struct options *o, struct check *c, int argc, char **argv)
{
	enum { OPT_JSON = OPT_OWN, OPT_ALLOW, OPT_SOURCES, OPT_BASELINE };
	static const struct option long_options[] = {
		{"json", no_argument, NULL, OPT_JSON},
		{"allow", required_argument, NULL, OPT_ALLOW},
		{"sources", no_argument, NULL, OPT_SOURCES},
		{"baseline", required_argument, NULL, OPT_BASELINE},
		{"verbose", no_argument, NULL, 'v'},
		{"quiet", no_argument, NULL, 'q'},
		MODULE_OPTIONS,
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	char *text = check_passes_help(help);
	int opt;

	while ((opt = getopt_long(argc, argv, "vqhV", long_options, NULL)) != -1) {
		if (opt == OPT_JSON)
			o->json = true;
		else if (opt == OPT_ALLOW)
			check_allow(c, optarg);
		else if (opt == OPT_SOURCES)
			o->sources = true;
		else if (opt == OPT_BASELINE)
			o->baseline = optarg;
		else if (opt == 'v')
			o->verbose = true;
		else if (opt == 'q')
			o->quiet = true;
		else if (!take_module_option(opt, optarg, &o->modules) &&
			 !take_target_option(opt, optarg, &o->target, text))
			exit(EXIT_USAGE);
	}
	free(text);
	if (!o->target.vmlinux)
		usage_error("--vmlinux is missing");
	if (optind + 1 != argc)
		usage_error(optind == argc ? "no module named" : "more than one module named");
	o->module = argv[optind];
}

/* Reads module and kernel; -1 when the files are not such that anything can be checked. */
static int read_all(struct check *c, const struct options *o)
{
	if (target_open(&c->target, &o->target) || elf_file_open(c->path, &c->mod) ||
	    check_shape(c))
		return -1;
	check_symbol_names(c);
	check_relocations(c);
	check_patch_read(c);
	return check_read_target(c);
}

/* What is asked for: all passes, or what is about the kernel's own sources. */
static void run_checks(struct check *c, const struct options *o)
{
	if (!o->sources && !o->baseline) {
		check_passes_run(c);
		return;
	}
	check_patch(c);
	if (o->sources)
		baseline_sources(c);
	else
		baseline_compare(c, o->baseline, o->json);
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct check c = {0};
	bool whole, ok;

	progname = "klpcheck";
	check_passes_init(&c);
	parse_options(&o, &c, argc, argv);
	message_hook = keep_message;
	cpu_limit(o.module);
	c.path = o.module;
	c.verbose = o.verbose;
	c.objects.files = &o.modules;
	c.objects.symbols_only = true;
	whole = read_all(&c, &o) == 0;
	if (whole)
		run_checks(&c, &o);
	ok = whole && error_count() == 0;
	if (whole && (o.sources || o.baseline))
		; /* has been said */
	else if (o.json)
		check_report_json(&c, ok, &messages);
	else if (whole && !o.quiet)
		check_report_text(&c, ok);
	if (fflush(stdout) || ferror(stdout)) {
		error("the report could not be written");
		ok = false;
	}
	check_free(&c);
	free_messages();
	free(o.modules.extra);
	free(o.target.symvers);
	return ok ? 0 : EXIT_REFUSED;
}
