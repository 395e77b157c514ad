// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpcheck: would this kernel take this livepatch module, and do with it what its author means?
 *
 * It reads a finished module as the kernel's loader and livepatch core do, whichever tool made it.
 * It shares no code that decides or rewrites with klplink, so that it finds what klplink gets
 * wrong. It reports all that it finds.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/child.h"
#include "base/cpu_limit.h"
#include "base/printable.h"
#include "check/effect/baseline.h"
#include "check/messages.h"
#include "check/say.h"
#include "kernel/options.h"

struct options {
	struct target_options target;
	struct module_options modules;
	char **module;
	size_t modules_num;
	struct witness witness; /* of --baseline */
	size_t lists_cap;
	bool json, verbose, quiet, sources;
};

static const char help[] =
	"Usage: klpcheck --vmlinux FILE [OPTION...] MODULE.ko...\n"
	"Checks livepatch modules, each as the kernel will when it is loaded.\n"
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
	"  --patch-source DIR  where the patch's own files are, for the same; of several\n"
	"                      modules, they are beside each\n"
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
	o->module = argv + optind;
	o->modules_num = (size_t)(argc - optind);
	if (!o->modules_num)
		usage_error("no module named");
	if (o->modules_num > 1 && (o->sources || o->witness.dir))
		usage_error("more than one module named");
}

/*
 * Finding the units of a vmlinux takes longest. Where they are known before the first check begins,
 * all checks know them.
 */
static int find_units(struct dwarf_file *dwarf)
{
	struct unit_range range = {0};
	int status;

	do
		status = dwarf_file_next_range(dwarf, &range);
	while (status > 0);
	return status;
}

static int open_kernel(const struct options *o, struct target *target, struct dwarf_file **dwarf)
{
	if (target_open(target, &o->target))
		return -1;
	if (!dwarf_file_present(target->vmlinux))
		return 0;
	if (dwarf_file_open(target->vmlinux, dwarf))
		return -1;
	return o->modules_num > 1 ? find_units(*dwarf) : 0;
}

/* Reads the module; -1 when it is too damaged to check anything. */
static int read_module(struct check *c)
{
	if (elf_file_open(c->path, &c->mod) || check_shape(c))
		return -1;
	check_sections(c);
	check_symbol_names(c);
	check_relocations(c);
	check_patch_read(c);
	check_want(c);
	return 0;
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

/* One of the modules, and what has become of it. */
struct job {
	struct check c;
	char *beside; /* its directory, or NULL */
	bool whole;   /* it and the kernel could be read */
	bool failed;
};

/* Of several modules, each has the sources of its patch beside it. */
static void find_sources(struct job *job)
{
	const char *slash = strrchr(job->c.path, '/');

	job->beside =
		slash ? xstrndup(job->c.path, (size_t)(slash - job->c.path) + 1) : xstrdup(".");
	job->c.patch_source = job->beside;
}

static void free_job(struct job *job)
{
	check_free(&job->c);
	free(job->beside);
}

/* Each process, of one module or of all, has that much time. */
static void limit(const struct options *o)
{
	char *paths = xstrdup(o->module[0]);

	if (o->modules_num > 1)
		xappend(&paths, "' to '%s", o->module[o->modules_num - 1]);
	cpu_limit(paths);
	free(paths);
}

static void create_jobs(struct job *job, const struct options *o, const struct check *model,
			struct target *target)
{
	for (size_t i = 0; i < o->modules_num; i++) {
		struct check *c = &job[i].c;

		*c = *model;
		c->result = xcalloc(c->results, sizeof(*c->result));
		memcpy(c->result, model->result, c->results * sizeof(*c->result));
		c->path = o->module[i];
		c->verbose = o->verbose;
		c->target = target;
		c->objects.files = &o->modules;
		c->objects.symbols_only = true;
		if (c->patch_source && o->modules_num > 1)
			find_sources(&job[i]);
	}
}

/* Reads the kernel for all of the modules; -1 after error(). */
static int read_all(struct job *job, const struct options *o, struct target *target)
{
	bool alone = o->modules_num == 1;
	struct dwarf_file *dwarf = NULL;

	check_messages_keep(alone ? &job->c : NULL);
	if (open_kernel(o, target, &dwarf))
		return -1;
	for (size_t i = 0; i < o->modules_num; i++) {
		unsigned int before = error_count();

		check_messages_keep(&job[i].c);
		job[i].c.dwarf = dwarf;
		job[i].whole = read_module(&job[i].c) == 0;
		job[i].failed = error_count() != before;
	}
	check_messages_keep(alone ? &job->c : NULL);
	return target_read_symbols(target);
}

/* Checks the module, and says what has come out; the program's status. */
static int finish(struct job *job, struct options *o)
{
	unsigned int before = error_count();
	struct check *c = &job->c;
	bool ok;

	check_messages_keep(c);
	job->whole = job->whole && check_open_objects(c) == 0;
	if (job->whole)
		run_checks(c, o);
	ok = job->whole && !job->failed && error_count() == before;
	if (job->whole && (o->sources || o->witness.dir))
		; /* has been said */
	else if (o->json)
		check_report_json(c, ok);
	else if (job->whole && !o->quiet)
		check_report_text(c, ok);
	if (fflush(stdout) || ferror(stdout)) {
		error("the report could not be written");
		ok = false;
	}
	return ok ? 0 : EXIT_REFUSED;
}

/*
 * The same in a process of its own, so that no module can end the checks of those behind it. What
 * the kernel's files say has been read before.
 */
static int finish_apart(struct job *job, struct options *o)
{
	/* No other end of a process has that status. */
	const int reported = 3;
	pid_t pid;
	int status;

	/* What is said here is about this module. */
	check_messages_keep(&job->c);
	pid = child_start();
	if (!pid) {
		signal(SIGXCPU, SIG_DFL);
		exit(finish(job, o) ? reported : 0);
	}
	if (pid < 0) {
		error("'%s': no process to check it in: %s", job->c.path, strerror(errno));
	} else {
		status = child_wait(pid);
		if (WIFEXITED(status) && !WEXITSTATUS(status))
			return 0;
		if (WIFEXITED(status) && WEXITSTATUS(status) == reported)
			return EXIT_REFUSED;
		if (WIFSIGNALED(status))
			error("'%s': its check was ended by a signal: %s", job->c.path,
			      strsignal(WTERMSIG(status)));
		else
			error("'%s': its check did not come to its end", job->c.path);
	}
	if (o->json)
		printf("null\n");
	return EXIT_REFUSED;
}

/* The reports of several are an array, in JSON. If the kernel could not be read, these exist, too.
 */
static int finish_all(struct job *job, struct options *o, bool whole)
{
	bool several = o->modules_num > 1, array = several && o->json;
	int status = whole ? 0 : EXIT_REFUSED;

	for (size_t i = 0; i < o->modules_num && (whole || o->json); i++) {
		int one;

		job[i].whole = job[i].whole && whole;
		job[i].failed = job[i].failed || !whole;
		if (array)
			printf(i ? ",\n" : "[\n");
		/* A child must not print it, too. */
		fflush(stdout);
		one = several ? finish_apart(&job[i], o) : finish(&job[i], o);
		if (one)
			status = one;
	}
	if (array)
		printf("]\n");
	if (fflush(stdout) || ferror(stdout))
		status = EXIT_REFUSED;
	return status;
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct check model = {0};
	struct target target = {0};
	struct job *job;
	int status;

	progname = "klpcheck";
	printable_output();
	check_passes_init(&model);
	parse_options(&o, &model, argc, argv);
	job = xcalloc(o.modules_num, sizeof(*job));
	create_jobs(job, &o, &model, &target);
	limit(&o);
	status = finish_all(job, &o, read_all(job, &o, &target) == 0);
	dwarf_file_leave(job->c.dwarf);
	for (size_t i = 0; i < o.modules_num; i++)
		free_job(&job[i]);
	target_close(&target);
	check_messages_free();
	free(job);
	free(model.result);
	free(model.compared);
	free(o.modules.extra);
	free(o.witness.list);
	free(o.target.symvers);
	return status;
}
