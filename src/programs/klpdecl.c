// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpdecl writes down what a livepatch's C file begins with: for functions of the kernel that are
 * to be replaced, prototypes, declarations of all that they refer to, and the headers and types for
 * these, as C. All of it comes from debug information; 'klpmake new' fills templates with it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/util.h"
#include "draft/draft.h"
#include "image/objects.h"
#include "kernel/options.h"
#include "kernel/rules.h"

static const char help[] =
	"Usage: klpdecl --vmlinux FILE [OPTION...] FILE:FUNCTION[,POSITION]...\n"
	"Writes declarations, as C, for a livepatch that replaces these functions of the\n"
	"kernel.\n"
	"\n"
	"  --cache FILE        keep the names of vmlinux's compile units here for the\n"
	"                      next run\n"
	"  --headers DIR       the kernel's headers (repeatable)\n" MODULE_OPTIONS_HELP
		TARGET_OPTIONS_HELP;

struct options {
	struct target_options target;
	struct module_options modules;
	const char *cache;
	const char **headers;
	size_t header_dirs, headers_cap;
};

struct work {
	struct asked *asked;
	struct answered *answered;
	size_t n;
	struct draft *draft;
	size_t drafts;
	struct draft_headers headers;
};

/* The path for the tag: the whole one, where the user has written its end. */
static const char *tag_of(const struct scope *scope, const char *file)
{
	const struct unit *unit = &scope->query.unit[0];

	return scope->query.included || unit->dir ? file : unit->name;
}

static struct draft *draft_of(struct work *w, const struct scope *scope, const char *tag)
{
	for (size_t i = 0; i < w->drafts; i++) {
		if (!strcmp(w->draft[i].tag, tag) && w->draft[i].object == scope->object)
			return &w->draft[i];
	}
	w->draft[w->drafts] =
		(struct draft){.tag = tag, .object = scope->object, .headers = &w->headers};
	return &w->draft[w->drafts++];
}

static bool is_repeated(const struct work *w, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (w->asked[k].position == w->asked[i].position &&
		    !strcmp(w->asked[k].file, w->asked[i].file) &&
		    !strcmp(w->asked[k].function, w->asked[i].function))
			return true;
	}
	return false;
}

/* All questions are answered, so that one run reports every wrong one. */
static int answer_all(struct work *w, struct objects *objects, const struct scopes *scopes)
{
	int status = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (is_repeated(w, i)) {
			error("%s: the function is there twice", w->asked[i].source.path);
			status = -1;
		} else if (asked_answer(&w->asked[i], objects, scopes, &w->answered[i])) {
			status = -1;
		}
	}
	for (size_t i = 0; i < w->n && !status; i++) {
		const struct scope *scope = scopes_find_file(scopes, w->asked[i].file);

		status = draft_add(draft_of(w, scope, tag_of(scope, w->asked[i].file)), objects,
				   &w->answered[i]);
	}
	return status;
}

static int write_down(struct work *w, const struct options *opt, struct target *target)
{
	struct objects objects = {.files = &opt->modules};
	struct scopes scopes = {0};
	int status;

	for (size_t i = 0; i < w->n; i++)
		asked_want(&w->asked[i], &target->kallsyms, &scopes);
	status = target_read_symbols(target) || kernel_objects(&objects, target);
	if (!status) {
		objects.obj[0]->dwarf->units_cache = opt->cache;
		status = scopes_read(&scopes, &objects) || answer_all(w, &objects, &scopes);
	}
	for (size_t i = 0; i < w->drafts; i++) {
		if (!status)
			draft_print(&w->draft[i]);
		draft_free(&w->draft[i]);
	}
	scopes_free(&scopes);
	objects_close(&objects);
	return status || error_count() ? -1 : 0;
}

static void parse(int argc, char **argv, struct options *opt)
{
	static const struct option longopts[] = {
		{"cache", required_argument, NULL, OPT_OWN},
		{"headers", required_argument, NULL, OPT_OWN + 1},
		MODULE_OPTIONS,
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":hV", longopts, NULL)) != -1) {
		if (take_target_option(c, optarg, &opt->target, help) ||
		    take_module_option(c, optarg, &opt->modules))
			continue;
		if (c == OPT_OWN) {
			opt->cache = optarg;
		} else if (c == OPT_OWN + 1) {
			GROW(opt->headers, opt->header_dirs, opt->headers_cap);
			opt->headers[opt->header_dirs++] = optarg;
		} else {
			usage_error_option(c, argv);
		}
	}
	if (!opt->target.vmlinux)
		usage_error("--vmlinux is needed");
	if (optind == argc)
		usage_error("which functions?");
}

static int parse_questions(struct work *w, char **words, size_t n)
{
	int status = 0;

	w->asked = xcalloc(n, sizeof(*w->asked));
	w->answered = xcalloc(n, sizeof(*w->answered));
	w->draft = xcalloc(n, sizeof(*w->draft));
	w->n = n;
	for (size_t i = 0; i < n; i++)
		status |= asked_parse(&w->asked[i], words[i]);
	return status;
}

int main(int argc, char **argv)
{
	struct options opt = {0};
	struct target target = {0};
	struct work w = {.n = 0};
	int status;

	progname = "klpdecl";
	printable_output();
	parse(argc, argv, &opt);
	w.headers = (struct draft_headers){opt.headers, opt.header_dirs};
	status = parse_questions(&w, argv + optind, (size_t)(argc - optind)) ||
		 target_open(&target, &opt.target) || write_down(&w, &opt, &target);
	for (size_t i = 0; i < w.n; i++)
		asked_free(&w.asked[i]);
	free(w.asked);
	free(w.answered);
	free(w.draft);
	free(opt.modules.extra);
	free(opt.target.symvers);
	free(opt.headers);
	target_close(&target);
	return status ? EXIT_REFUSED : EXIT_SUCCESS;
}
