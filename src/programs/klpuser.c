// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpuser makes a patch for running programs, in steps that 'klpmake user' runs:
 *
 *   debug   whether there is debug information of the target
 *   flags   which flags the compiler has to get for a tagged file
 *   show    lets the linker leave hidden functions undefined
 *   syms    decides which symbol of the target each name means, and writes _klpmake.syms
 *   link    carries that out: the shared object that ld made becomes the patch
 *   check   reads the finished patch again, with other code
 *
 * It runs no code of the target, and changes none of its files.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/message_order.h"
#include "base/printable.h"
#include "base/util.h"
#include "ucheck/run.h"
#include "ulink/link.h"
#include "umake/flags.h"
#include "umake/hidden.h"
#include "umake/run.h"

static const char help[] =
	"Usage: klpuser debug --target FILE [OPTION...]\n"
	"       klpuser flags --target FILE [OPTION...] SOURCE.c\n"
	"       klpuser show A.o [B.o...]\n"
	"       klpuser syms --target FILE --patch X.partial -o TABLE [OPTION...]\n"
	"                    A.o [B.o...]\n"
	"       klpuser link --table TABLE -o X.klpu X.so\n"
	"       klpuser check --target FILE [OPTION...] X.klpu\n"
	"Makes and checks a patch for a running program, in steps: klpmake-user(1).\n"
	"\n"
	"  -o, --output FILE     what is made\n"
	"  --target FILE         the program or library that is patched\n"
	"  --debug FILE          debug information of it, or of a library (repeatable)\n"
	"  --library-dir DIR     where to look for libraries first (repeatable)\n"
	"  --patch FILE          the object files of the patch, linked into one (ld -r)\n"
	"  --table FILE          what 'klpuser syms' has written\n"
	"  --allow CHECK         this check is waived (repeatable)\n"
	"  --renames FILE        write 'OBJECT OLD NEW' lines here where one name means\n"
	"                        two symbols\n"
	"  --visible FILE        write here which functions the linker has to see\n"
	"  --guards FILE         write the assembler source of guards here\n"
	"  -v, --verbose         check: say what each check has looked at\n"
	"  -h, --help            this help\n"
	"  -V, --version         the version\n";

enum {
	OPT_TARGET = 256,
	OPT_DEBUG,
	OPT_LIBRARY_DIR,
	OPT_PATCH,
	OPT_TABLE,
	OPT_ALLOW,
	OPT_RENAMES,
	OPT_VISIBLE,
	OPT_GUARDS,
};

static void parse(int argc, char **argv, struct make_options *opt)
{
	static const struct option longopts[] = {
		{"output", required_argument, NULL, 'o'},
		{"target", required_argument, NULL, OPT_TARGET},
		{"debug", required_argument, NULL, OPT_DEBUG},
		{"library-dir", required_argument, NULL, OPT_LIBRARY_DIR},
		{"patch", required_argument, NULL, OPT_PATCH},
		{"table", required_argument, NULL, OPT_TABLE},
		{"allow", required_argument, NULL, OPT_ALLOW},
		{"renames", required_argument, NULL, OPT_RENAMES},
		{"visible", required_argument, NULL, OPT_VISIBLE},
		{"guards", required_argument, NULL, OPT_GUARDS},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	struct binaries *b = &opt->binaries;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":o:vhV", longopts, NULL)) != -1) {
		switch (c) {
		case 'o':
			opt->output = optarg;
			break;
		case OPT_TARGET:
			opt->target = optarg;
			break;
		case OPT_DEBUG:
			GROW(b->debug, b->debugs, b->debugs_cap);
			b->debug[b->debugs++] = optarg;
			break;
		case OPT_LIBRARY_DIR:
			GROW(b->dir, b->dirs, b->dirs_cap);
			b->dir[b->dirs++] = optarg;
			break;
		case OPT_PATCH:
			opt->patch = optarg;
			break;
		case OPT_TABLE:
			opt->table = optarg;
			break;
		case OPT_ALLOW:
			GROW(opt->allow, opt->allows, opt->allows_cap);
			opt->allow[opt->allows++] = optarg;
			break;
		case OPT_RENAMES:
			opt->renames = optarg;
			break;
		case OPT_VISIBLE:
			opt->visible = optarg;
			break;
		case OPT_GUARDS:
			opt->guards = optarg;
			break;
		case 'v':
			opt->verbose = true;
			break;
		case 'h':
			fputs(help, stdout);
			puts("\nChecks that --allow waives:");
			ucheck_list(stdout);
			exit(EXIT_SUCCESS);
		case 'V':
			puts("klpuser " KLPMAKE_VERSION);
			exit(EXIT_SUCCESS);
		default:
			usage_error_option(c, argv);
		}
	}
	opt->operand = argv + optind;
	opt->operands = (size_t)(argc - optind);
}

static int check(struct make_options *opt)
{
	const struct ucheck_options check = {
		.patch = opt->operands ? opt->operand[0] : NULL,
		.target = opt->target,
		.binaries = &opt->binaries,
		.allow = opt->allow,
		.allows = opt->allows,
		.verbose = opt->verbose,
	};

	if (!opt->target || opt->operands != 1)
		usage_error("check needs --target and one patch");
	return ucheck_run(&check);
}

/* Prints the build-id by which the target's debug information is to be found, if it is not here. */
static int tell_missing(const struct make_options *opt)
{
	struct binary *b;

	if (binary_open(&b, opt->target))
		return -1;
	if (!binaries_has_debug(&opt->binaries, b))
		puts(b->id);
	binary_close(b);
	return 0;
}

static int run(const char *word, struct make_options *opt)
{
	if (!strcmp(word, "debug")) {
		if (!opt->target || opt->operands)
			usage_error("debug needs --target and nothing else");
		return tell_missing(opt);
	}
	if (!strcmp(word, "flags")) {
		if (!opt->target || opt->operands != 1)
			usage_error("flags needs --target and one C file");
		return print_flags(opt);
	}
	if (!strcmp(word, "show")) {
		if (!opt->operands)
			usage_error("show needs object files");
		return show_hidden(opt);
	}
	if (!strcmp(word, "syms")) {
		if (!opt->target || !opt->patch || !opt->output || !opt->operands)
			usage_error("syms needs --target, --patch, -o and object files");
		return make_table(opt);
	}
	if (!strcmp(word, "link")) {
		if (!opt->table || !opt->output || opt->operands != 1)
			usage_error("link needs --table, -o and one shared object");
		return user_link(opt->operand[0], opt->table, opt->output);
	}
	if (!strcmp(word, "check"))
		return check(opt);
	usage_error("'%s' is not a step: debug, flags, show, syms, link or check", word);
}

int main(int argc, char **argv)
{
	struct make_options opt = {0};
	const char *word;
	int status;

	progname = "klpuser";
	printable_output();
	word = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
	parse(argc - (word != NULL), argv + (word != NULL), &opt);
	if (!word)
		usage_error("which step: debug, flags, show, syms, link or check?");
	messages_hold();
	status = run(word, &opt);
	messages_tell();
	binaries_close(&opt.binaries);
	free(opt.allow);
	return status ? EXIT_REFUSED : EXIT_SUCCESS;
}
