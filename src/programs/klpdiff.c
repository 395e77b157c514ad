// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpdiff cuts what a patch changes out of a kernel file.
 *
 * It compares the object files that the kernel file compiles to, as it is and patched, and writes
 * an object file with what the running kernel needs of the second: to the rest of klpmake it is
 * what a hand-written file with that kernel file's tag compiles to. It makes no module.
 */
#include <stdlib.h>
#include <string.h>

#include "base/message_order.h"
#include "base/output.h"
#include "base/printable.h"
#include "base/util.h"
#include "diff/cut.h"
#include "diff/diff.h"
#include "diff/fate.h"
#include "diff/origin.h"
#include "diff/pair.h"
#include "diff/relink.h"
#include "diff/report.h"
#include "diff/select.h"
#include "kernel/options.h"

static const char help[] =
	"Usage: klpdiff --vmlinux FILE --path PATH [-o OUT.o] [OPTION...]\n"
	"               ORIGINAL.o PATCHED.o\n"
	"Compares what a kernel file compiles to, as it is and patched, and cuts out what\n"
	"a livepatch needs.\n"
	"\n"
	"  -o, --output FILE   the object file to write; nothing when nothing changes\n"
	"  --path PATH         of the kernel file, from the root of the kernel's source\n"
	"  --within OBJECT     the object (vmlinux or a module) that it is compiled into,\n"
	"                      if there are several\n"
	"  --verify FILE       write no object file; is this one what would be written?\n"
	"  --list FILE         write here what was found (default: standard output)\n"
	"  --cache FILE        keep the names of vmlinux's compile units here for the\n"
	"                      next run\n" MODULE_OPTIONS_HELP TARGET_OPTIONS_HELP;

struct options {
	struct target_options target;
	struct module_options modules;
	const char *output, *path, *within, *list, *cache, *verify;
};

static void parse(int argc, char **argv, struct options *opt)
{
	static const struct option longopts[] = {
		{"output", required_argument, NULL, 'o'},
		{"path", required_argument, NULL, OPT_OWN},
		{"list", required_argument, NULL, OPT_OWN + 1},
		{"cache", required_argument, NULL, OPT_OWN + 2},
		{"verify", required_argument, NULL, OPT_OWN + 3},
		{"within", required_argument, NULL, OPT_OWN + 4},
		MODULE_OPTIONS,
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":o:hV", longopts, NULL)) != -1) {
		if (take_target_option(c, optarg, &opt->target, help) ||
		    take_module_option(c, optarg, &opt->modules))
			continue;
		if (c == 'o')
			opt->output = optarg;
		else if (c == OPT_OWN)
			opt->path = optarg;
		else if (c == OPT_OWN + 1)
			opt->list = optarg;
		else if (c == OPT_OWN + 2)
			opt->cache = optarg;
		else if (c == OPT_OWN + 3)
			opt->verify = optarg;
		else if (c == OPT_OWN + 4)
			opt->within = optarg;
		else
			usage_error_option(c, argv);
	}
	if (!opt->target.vmlinux || !opt->path)
		usage_error("--vmlinux and --path are needed");
	if (opt->verify && opt->output)
		usage_error("--verify writes no object file: without -o");
	if (argc - optind != 2)
		usage_error(
			"two object files are needed: of the kernel file as it is, and patched");
}

static const char *unpatchable(size_t was, void *arg)
{
	return origin_unpatchable(arg, was);
}

static int write_list(const struct options *opt, const struct diff *d, const struct selection *s,
		      const struct original *o)
{
	struct output out;

	if (!opt->list) {
		diff_report(d, s, o, stdout);
		return 0;
	}
	if (output_begin(&out, opt->list))
		return -1;
	diff_report(d, s, o, out.stream);
	return output_end(&out);
}

static int find(const struct options *opt, struct diff *d, struct original *o)
{
	struct selection s = {.in = NULL};
	bool empty;
	int status;

	diff_pair(d);
	diff_fates(d, opt->path, unpatchable, o);
	empty = diff_is_empty(d);
	status = selection_make(&s, d, o, opt->path);
	if (error_count())
		status = -1;
	if (!status && opt->output && !empty)
		status = cut_write(d, &s, opt->output);
	if (!status && opt->verify)
		status = relink_check(d, &s, opt->verify, opt->verify);
	/* What was found is worth knowing, whatever else is refused. */
	if (write_list(opt, d, &s, o))
		status = -1;
	selection_free(&s, d);
	return status;
}

static int run(const struct options *opt, struct target *target, char **files)
{
	struct code_tables tables;
	struct diff d = {.tables = NULL};
	struct original o = {.target = NULL};
	int status = -1;

	if (target_open(target, &opt->target))
		return -1;
	if (!target->arch->code.cut) {
		error("'%s': klpmake cannot cut functions out of code for %s yet: write the changed "
		      "functions by hand, in a file with a tag",
		      opt->target.vmlinux, target->arch->name);
		return -1;
	}
	if (origin_tables(target, &tables))
		return -1;
	messages_hold();
	if (!diff_open(&d, files[0], files[1], target->arch, &tables) &&
	    !origin_open(&o, target, &opt->modules, opt->cache, opt->path, opt->within, &d.was,
			 &tables))
		status = find(opt, &d, &o);
	messages_tell();
	origin_close(&o);
	diff_close(&d);
	return status;
}

int main(int argc, char **argv)
{
	struct options opt = {0};
	struct target target = {0};
	int status;

	progname = "klpdiff";
	printable_output();
	parse(argc, argv, &opt);
	status = run(&opt, &target, argv + optind);
	free(opt.modules.extra);
	free(opt.target.symvers);
	target_close(&target);
	return status ? EXIT_REFUSED : EXIT_SUCCESS;
}
