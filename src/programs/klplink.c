// SPDX-License-Identifier: GPL-2.0-only
/*
 * klplink carries out what _klpmake.syms says: it turns a partially linked module into one that
 * the kernel's livepatch core relocates.
 *
 *   undefined symbol  -> .klp.sym.OBJECT.NAME,POSITION, SHN_LIVEPATCH, at the same index
 *   its relocations   -> .klp.rela.OBJECT.SECTION, deleted where they were
 *   those that take a new function's address -> the same, against the function it replaces
 *   where code cannot have one: it goes through a pointer that has one (klp/moves.h)
 *   .BTF              -> dropped;  livepatch=Y -> added when it is missing
 *
 * It alone writes kernel modules, needs only libelf, and is small enough to be audited:
 * programs/klplink.c, link/, klp/moves.c.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu_limit.h"
#include "base/printable.h"
#include "base/util.h"
#include "link/decide.h"
#include "link/plan.h"
#include "link/write.h"

static const char help[] =
	"Usage: klplink --table FILE -o X.ko X.ko.partial\n"
	"Moves the relocations against the symbols in FILE into livepatch sections.\n"
	"\n"
	"  -t, --table FILE    what klpsyms wrote\n"
	"  -o, --output X.ko   the module to write; its name selects the table's lines\n"
	"  -h, --help          this help\n"
	"  -V, --version       the version\n";

/* Under another name there would be nothing to do: the module would be a copy without a livepatch.
 */
static int check_about(const struct symtable *table, const char *path, const char *module)
{
	if (symtable_is_about(table, module))
		return 0;
	error("'%s': no line is about '%s': name the output (-o) as the module that the table is "
	      "about, in another directory",
	      path, module);
	return -1;
}

static int link_module(const char *input, const char *table_path, const char *output)
{
	const char *slash = strrchr(output, '/'), *module = slash ? slash + 1 : output;
	struct symtable table = {0};
	struct link_plan plan = {0};
	struct elf_file *in = NULL;
	int status;

	status = symtable_read(&table, table_path) || check_about(&table, table_path, module) ||
		 elf_file_open(input, &in) || link_decide(&plan, in, &table, module) ||
		 link_write(&plan, output);
	link_plan_free(&plan);
	symtable_free(&table);
	elf_file_close(in);
	return status ? EXIT_REFUSED : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct option longopts[] = {
		{"table", required_argument, NULL, 't'},
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	const char *table = NULL, *output = NULL;
	int c;

	progname = "klplink";
	printable_output();
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":t:o:hV", longopts, NULL)) != -1) {
		switch (c) {
		case 't':
			table = optarg;
			break;
		case 'o':
			output = optarg;
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
	if (!table || !output || optind != argc - 1)
		usage_error("--table, -o and one partially linked module are needed");
	cpu_limit(argv[optind]);
	return link_module(argv[optind], table, output);
}
