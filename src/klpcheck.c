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
#include "options.h"

struct options {
	struct target_options target;
	struct module_options modules;
	const char *module;
	bool json, verbose, quiet;
};

static const char help[] =
	"Usage: klpcheck --vmlinux FILE [OPTION...] MODULE.ko\n"
	"Checks a livepatch module as the kernel will when it is loaded.\n"
	"Exit status: 0 fine, 1 something is wrong, 2 wrong usage.\n"
	"\n"
	"  --json              report as JSON\n"
	"  -v, --verbose       list symbols, functions and taints\n"
	"  -q, --quiet         no report, only errors and warnings\n" MODULE_OPTIONS_HELP
		TARGET_OPTIONS_HELP;

static struct check_messages messages;

static void keep_message(bool is_error, const char *text)
{
	GROW(messages.m, messages.n, messages.cap);
	messages.m[messages.n++] = (struct check_message){is_error, xstrdup(text)};
}

static void free_messages(void)
{
	for (size_t i = 0; i < messages.n; i++)
		free(messages.m[i].text);
	free(messages.m);
}

static void parse_options(struct options *o, int argc, char **argv)
{
	enum { OPT_JSON = OPT_OWN };
	static const struct option long_options[] = {
		{"json", no_argument, NULL, OPT_JSON},
		{"verbose", no_argument, NULL, 'v'},
		{"quiet", no_argument, NULL, 'q'},
		MODULE_OPTIONS,
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "vqhV", long_options, NULL)) != -1) {
		if (opt == OPT_JSON)
			o->json = true;
		else if (opt == 'v')
			o->verbose = true;
		else if (opt == 'q')
			o->quiet = true;
		else if (!take_module_option(opt, optarg, &o->modules) &&
			 !take_target_option(opt, optarg, &o->target, help))
			exit(EXIT_USAGE);
	}
	if (!o->target.vmlinux)
		usage_error("--vmlinux is missing");
	if (optind + 1 != argc)
		usage_error(optind == argc ? "no module named" : "more than one module named");
	o->module = argv[optind];
}

/* All passes; -1 when the files are not such that they can be run. */
static int run_checks(struct check *c, const struct options *o)
{
	if (target_open(&c->target, &o->target) || elf_file_open(c->path, &c->mod) ||
	    check_shape(c))
		return -1;
	check_symbol_names(c);
	check_relocations(c);
	check_patch_read(c);
	if (check_read_target(c))
		return -1;
	check_modinfo(c);
	check_symbol_positions(c);
	check_undefined(c);
	check_pairs(c);
	check_init(c);
	check_leftovers(c);
	check_patch(c);
	check_data(c);
	check_modules(c);
	check_addresses(c);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct check c = {0};
	bool whole, ok;

	progname = "klpcheck";
	parse_options(&o, argc, argv);
	message_hook = keep_message;
	c.path = o.module;
	c.verbose = o.verbose;
	c.objects.files = &o.modules;
	c.objects.symbols_only = true;
	whole = run_checks(&c, &o) == 0;
	ok = whole && error_count() == 0;
	if (o.json)
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
