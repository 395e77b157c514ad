// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpapply applies patches to programs that run, takes them back, and says what is applied. It is
 * the only program of klpmake that touches a process.
 */
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "apply/files.h"
#include "apply/list.h"
#include "apply/many.h"
#include "apply/try.h"
#include "apply/watch.h"
#include "base/printable.h"
#include "base/util.h"

static const char help[] =
	"Usage: klpapply apply X.klpu (-p PID... | --all) [--wait SECONDS]\n"
	"                      [--max-stop MS]\n"
	"       klpapply revert X.klpu (-p PID... | --all) [--wait SECONDS]\n"
	"                      [--max-stop MS]\n"
	"       klpapply list [-p PID] [--json]\n"
	"       klpapply try X.klpu --cmd COMMAND [--max-stop MS]\n"
	"       klpapply watch DIR [--file PROGRAM...] [--max-stop MS]\n"
	"Applies a patch to processes, takes it back, says what is applied, runs a\n"
	"command without the patch and with it, or applies the patches of a directory to\n"
	"programs as they start.\n"
	"\n"
	"  -p, --pid PID       this process; may be given several times\n"
	"      --all           all processes that run what the patch is for, except\n"
	"                      process 1\n"
	"      --wait SECONDS  how long to try again where a process is busy (default: 5)\n"
	"      --max-stop MS   how long a process may be stopped at a time (default: 250)\n"
	"      --cmd COMMAND   what 'try' runs, with a shell\n"
	"      --file PROGRAM  what 'watch' looks at, besides what it finds by name\n"
	"      --json          one JSON object\n"
	"  -h, --help          this help\n"
	"  -V, --version       the version\n";

enum { OPTION_ALL = 256, OPTION_WAIT, OPTION_MAX_STOP, OPTION_JSON, OPTION_CMD, OPTION_FILE };

struct request {
	pid_t *pid;
	size_t pids;
	bool all, json, timing;
	const char *command;
	char **file;
	size_t files;
	struct worker_options worker;
};

static unsigned int number(const char *option, const char *text, unsigned int least)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < least || value > INT_MAX)
		usage_error("option '%s' takes a number, not '%s'", option, text);
	return (unsigned int)value;
}

static void parse(struct request *r, int argc, char **argv)
{
	static const struct option longopts[] = {
		{"pid", required_argument, NULL, 'p'},
		{"all", no_argument, NULL, OPTION_ALL},
		{"wait", required_argument, NULL, OPTION_WAIT},
		{"max-stop", required_argument, NULL, OPTION_MAX_STOP},
		{"json", no_argument, NULL, OPTION_JSON},
		{"cmd", required_argument, NULL, OPTION_CMD},
		{"file", required_argument, NULL, OPTION_FILE},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":p:hV", longopts, NULL)) != -1) {
		switch (c) {
		case 'p':
			r->pid = xrealloc(r->pid, r->pids + 1, sizeof(*r->pid));
			r->pid[r->pids++] = (pid_t)number("--pid", optarg, 1);
			break;
		case OPTION_ALL:
			r->all = true;
			break;
		case OPTION_WAIT:
			r->worker.wait_s = number("--wait", optarg, 0);
			r->timing = true;
			break;
		case OPTION_MAX_STOP:
			r->worker.max_stop_ms = number("--max-stop", optarg, 1);
			r->timing = true;
			break;
		case OPTION_JSON:
			r->json = true;
			break;
		case OPTION_FILE:
			r->file = xrealloc(r->file, r->files + 1, sizeof(*r->file));
			r->file[r->files++] = optarg;
			break;
		case OPTION_CMD:
			r->command = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(EXIT_SUCCESS);
		case 'V':
			printf("%s %s\n", progname, KLPMAKE_VERSION);
			exit(EXIT_SUCCESS);
		default:
			usage_error_option(c, argv);
		}
	}
}

static int change(enum worker_task task, const struct request *r, const char *path)
{
	struct patch_file *patch;
	int status;

	if (r->all == (r->pids > 0))
		usage_error("which processes? -p PID, or --all");
	if (r->json || r->command || r->files)
		usage_error("--json is for 'list', --cmd for 'try', --file for 'watch'");
	if (files_check_owner(path) || patch_file_open(path, &patch))
		return -1;
	status = r->all ? many_all(task, patch, &r->worker)
			: many_processes(task, patch, r->pid, r->pids, &r->worker);
	patch_file_close(patch);
	return status;
}

static int list(const struct request *r)
{
	if (r->all || r->timing || r->command || r->files || r->pids > 1)
		usage_error("'list' takes one -p PID, or none for all processes, and --json");
	return list_processes(r->pids ? r->pid[0] : 0, r->json);
}

static int try(const struct request *r, const char *path)
{
	struct patch_file *patch;
	int status;

	if (!r->command || r->all || r->pids || r->json || r->files)
		usage_error("'try' takes --cmd COMMAND");
	if (files_check_owner(path) || patch_file_open(path, &patch))
		return -1;
	status = try_command(patch, r->command, &r->worker);
	patch_file_close(patch);
	return status;
}

static int watch(const struct request *r, const char *path)
{
	if (r->command || r->all || r->pids || r->json)
		usage_error("'watch' takes a directory, and --file");
	return watch_directory(path, r->file, r->files, &r->worker);
}

int main(int argc, char **argv)
{
	struct request r = {.worker = {.wait_s = 5, .max_stop_ms = 250}};
	const char *command;
	int status, operands;

	progname = "klpapply";
	printable_output();
	parse(&r, argc, argv);
	operands = argc - optind;
	command = operands ? argv[optind] : "";
	if (!strcmp(command, "apply") && operands == 2)
		status = change(WORKER_APPLY, &r, argv[optind + 1]);
	else if (!strcmp(command, "revert") && operands == 2)
		status = change(WORKER_REVERT, &r, argv[optind + 1]);
	else if (!strcmp(command, "list") && operands == 1)
		status = list(&r);
	else if (!strcmp(command, "try") && operands == 2)
		status = try(&r, argv[optind + 1]);
	else if (!strcmp(command, "watch") && operands == 2)
		status = watch(&r, argv[optind + 1]);
	else
		usage_error("apply X.klpu, revert X.klpu, list, try X.klpu, or watch DIR");
	free(r.pid);
	free(r.file);
	return status ? EXIT_REFUSED : EXIT_SUCCESS;
}
