// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpcheck: would this kernel take this livepatch module, and do with it what its author means?
 *
 * It re-reads a finished module as the kernel's loader and livepatch core would, whoever made
 * it, and has no code in common with klplink, which writes them: what one gets wrong the other
 * must find. It reports all that it finds.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

struct options {
	struct target_options target;
	const char *module;
	bool json, verbose, quiet;
};

static const char usage[] =
	"usage: klpcheck --vmlinux FILE [OPTION...] MODULE.ko\n"
	"\n"
	"Checks a livepatch module as the kernel will when it is loaded.\n"
	"\n"
	"      --vmlinux FILE   the kernel that it is for, with debug information\n"
	"      --symbols FILE   System.map or a copy of /proc/kallsyms of that kernel\n"
	"      --symvers FILE   Module.symvers of that kernel\n"
	"      --build-id ID    build-id of that kernel: hex, or a file of notes such as\n"
	"                       /sys/kernel/notes\n"
	"      --release R      its release (uname -r)\n"
	"      --json           report as JSON\n"
	"  -v, --verbose        list symbols and functions\n"
	"  -q, --quiet          no report, only errors\n"
	"  -h, --help           this text\n"
	"      --version        version of klpmake\n"
	"\n"
	"Exit status: 0 fine, 1 something is wrong, 2 wrong usage.\n";

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

static int wrong_usage(const char *what)
{
	if (what)
		error("%s", what);
	fputs("try 'klpcheck --help'\n", stderr);
	return EXIT_USAGE;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	enum { VMLINUX = 256, SYMBOLS, SYMVERS, BUILD_ID, RELEASE, JSON, VERSION };
	static const struct option long_options[] = {
		{"vmlinux", required_argument, NULL, VMLINUX},
		{"symbols", required_argument, NULL, SYMBOLS},
		{"symvers", required_argument, NULL, SYMVERS},
		{"build-id", required_argument, NULL, BUILD_ID},
		{"release", required_argument, NULL, RELEASE},
		{"json", no_argument, NULL, JSON},
		{"verbose", no_argument, NULL, 'v'},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, VERSION},
		{NULL, 0, NULL, 0},
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "vqh", long_options, NULL)) != -1) {
		switch (opt) {
		case VMLINUX:
			o->target.vmlinux = optarg;
			break;
		case SYMBOLS:
			o->target.symbols = optarg;
			break;
		case SYMVERS:
			o->target.symvers = optarg;
			break;
		case BUILD_ID:
			o->target.build_id = optarg;
			break;
		case RELEASE:
			o->target.release = optarg;
			break;
		case JSON:
			o->json = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case VERSION:
			printf("klpcheck (klpmake) %s\n", KLPMAKE_VERSION);
			return 0;
		default:
			return wrong_usage(NULL);
		}
	}
	if (!o->target.vmlinux)
		return wrong_usage("--vmlinux is missing");
	if (optind + 1 != argc)
		return wrong_usage(optind == argc ? "no module named"
						  : "more than one module named");
	o->module = argv[optind];
	return -1;
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
	check_patch(c);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct check c = {0};
	int status;
	bool whole, ok;

	progname = "klpcheck";
	status = parse_options(&o, argc, argv);
	if (status >= 0)
		return status;
	message_hook = keep_message;
	c.path = o.module;
	c.verbose = o.verbose;
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
	return ok ? 0 : EXIT_REFUSED;
}
