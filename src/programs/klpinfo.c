// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpinfo says what a livepatch module is and what it would patch, on the machine that is to load
 * it: it needs only libelf, and neither debug information nor a kernel.
 */
#include <getopt.h>
#include <stdlib.h>

#include "base/cpu_limit.h"
#include "base/printable.h"
#include "base/util.h"
#include "info/info.h"

static const char help[] =
	"Usage: klpinfo [OPTION...] X.ko\n"
	"Says what a livepatch module is and what it would patch, one fact on a line.\n"
	"\n"
	"      --json          one JSON object instead\n"
	"      --notes FILE    the build-id in FILE, such as /sys/kernel/notes, instead\n"
	"                      of a module\n"
	"  -h, --help          this help\n"
	"  -V, --version       the version\n";

static int print_module(const char *path, bool json)
{
	struct module_info info;

	cpu_limit(path);
	if (module_info_open(&info, path))
		return EXIT_REFUSED;
	if (json)
		module_info_json(&info);
	else
		module_info_print(&info);
	module_info_close(&info);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct option longopts[] = {
		{"json", no_argument, NULL, 'j'},
		{"notes", required_argument, NULL, 'n'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	const char *notes = NULL;
	bool json = false;
	int c;

	progname = "klpinfo";
	printable_output();
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":hV", longopts, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'n':
			notes = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_SUCCESS;
		case 'V':
			printf("%s %s\n", progname, KLPMAKE_VERSION);
			return EXIT_SUCCESS;
		default:
			usage_error_option(c, argv);
		}
	}
	if (notes && (optind != argc || json))
		usage_error("--notes stands alone");
	if (notes)
		return notes_print_build_id(notes) ? EXIT_REFUSED : EXIT_SUCCESS;
	if (optind != argc - 1)
		usage_error("which module? one at a time");
	return print_module(argv[optind], json);
}
