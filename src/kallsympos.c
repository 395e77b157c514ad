// SPDX-License-Identifier: GPL-2.0-only
/*
 * kallsympos answers one question: where is this symbol? Every candidate of a name with its
 * position as livepatch counts it (old_sympos, .klp.sym...,N), its address, source line, and
 * whether a livepatch can redirect it; and where there is no symbol, what became of it. A file that
 * vmlinux is not made of leads to its module.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "livepatch.h"
#include "locate.h"
#include "near.h"
#include "objects.h"
#include "options.h"
#include "units.h"
#include "util.h"

#define VANISHED_MAX 16

static const char help[] =
	"Usage: kallsympos --vmlinux FILE [OPTION...] NAME [PATH]\n"
	"Lists the kernel symbols of a name, with their positions for livepatches.\n"
	"PATH: only those that are defined in this source file, of vmlinux or else of a module.\n"
	"\n"
	"  --json              an array of objects, in the kernel's order\n" MODULE_OPTIONS_HELP
		TARGET_OPTIONS_HELP;

struct options {
	struct target_options target;
	struct module_options modules;
	const char *name, *path;
	bool json;
};

/* One line of the answer. */
struct answer {
	const char *object;
	const struct ksym *sym; /* NULL: there is no such symbol, only a definition */
	size_t position;
	uint64_t addr; /* of a module in its section */
	char *file;    /* "" when unknown */
	uint64_t line;
	bool traceable;
	char *note;
};

struct answers {
	struct answer *a;
	size_t n, cap;
};

/* Does the PATH on the command line leave this one in? Its unit counts as well as its header. */
static bool asked_for(const struct options *opt, const char *file, const struct location *l)
{
	return !opt->path || unit_path_matches(file, opt->path) ||
	       unit_path_matches(l->unit, opt->path);
}

static void add(const struct options *opt, const struct object *obj, struct answers *ret,
		const struct ksym *sym, size_t position, const struct location *l,
		const char *why_not)
{
	const char *place = l->place[0] ? l->place : l->unit, *colon = strrchr(place, ':');
	char *file = colon ? strndup(place, (size_t)(colon - place)) : xstrdup(place);
	const char *unit = location_in_unit(l) ? "" : l->unit;

	if (!asked_for(opt, file, l)) {
		free(file);
		return;
	}
	GROW(ret->a, ret->n, ret->cap);
	ret->a[ret->n++] = (struct answer){
		.object = obj->name,
		.sym = sym,
		.position = position,
		.addr = !sym	      ? 0
			: obj->module ? (uint32_t)sym->addr
				      : sym->addr,
		.file = file,
		.line = colon ? strtoull(colon + 1, NULL, 10) : 0,
		.traceable = !why_not,
		.note = xasprintf("%s%s%s%s", why_not ? why_not : "",
				  why_not && unit[0] ? "; " : "", unit[0] ? "compiled in " : "",
				  unit),
	};
}

/* Why no livepatch can redirect it, or NULL. */
static const char *refusal(const struct objects *o, const struct object *obj,
			   const struct ksym *all, size_t n, const struct ksym *sym)
{
	const char *why = traced_refusal(object_traced(o, obj), sym);
	size_t position;

	if (!why && obj->module && !kallsyms_position(all, n, sym, &position))
		why = "a namesake in init memory gives it another position while the module loads";
	return why;
}

static int add_symbols(const struct options *opt, const struct objects *o, const struct object *obj,
		       struct answers *ret)
{
	size_t count;
	const struct ksym *sym = kallsyms_find(obj->symbols, opt->name, &count);
	struct location *place = xcalloc(count, sizeof(*place));
	int status = count ? locate(obj->dwarf, sym, count, place) : 0;

	for (size_t i = 0; i < count && !status; i++)
		add(opt, obj, ret, &sym[i], i + 1, &place[i], refusal(o, obj, sym, count, &sym[i]));
	free(place);
	return status;
}

/* The object that PATH is a file of: vmlinux, unless a module is. */
static int find_object(const struct options *opt, struct objects *o, struct object **ret)
{
	struct unit_query q = {.path = opt->path};
	struct object *module = NULL;
	int status = units_find(o->obj[0]->dwarf, &q, 1);

	if (!status && !q.n)
		status = objects_by_source(o, opt->path, &q, &module);
	if (module)
		*ret = module;
	units_free(&q, 1);
	return status;
}

/* The name is in the source, but the compiler left no symbol of it. */
static int add_vanished(const struct options *opt, const struct object *obj, struct answers *ret)
{
	struct location place[VANISHED_MAX] = {0};
	int n = locate_vanished(obj->dwarf, opt->name, place, VANISHED_MAX);

	for (int i = 0; i < n; i++)
		add(opt, obj, ret, NULL, 0, &place[i],
		    "no symbol: inlined everywhere, or optimised away");
	return n < 0 ? -1 : 0;
}

struct name_search {
	const char *name;
	bool clones;
	struct near near;
};

/* "foo.isra.0", "foo.cold": made of foo by the compiler. */
static void look_at_name(const struct ksym *sym, void *arg)
{
	struct name_search *s = arg;
	size_t len = strlen(s->name);

	if (!strncmp(sym->name, s->name, len) && sym->name[len] == '.') {
		printf("%s%s", s->clones ? ", " : "clones that the compiler made: ", sym->name);
		s->clones = true;
	} else if (!kallsyms_ignored(sym->name)) {
		near_offer(&s->near, sym->name);
	}
}

static void print_text(const struct answers *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct answer *a = &all->a[i];
		char place[512] = "?";

		if (a->line)
			snprintf(place, sizeof(place), "%s:%llu", a->file,
				 (unsigned long long)a->line);
		else if (a->file[0])
			snprintf(place, sizeof(place), "%s", a->file);
		if (a->sym)
			printf("%3zu  %016llx  %c  %s  %s  %s%s%s\n", a->position,
			       (unsigned long long)a->addr, a->sym->type, a->object, place,
			       a->traceable ? "traceable" : "not traceable", a->note[0] ? ": " : "",
			       a->note);
		else
			printf("  -  %-16s  -  %s  %s  %s\n", "-", a->object, place, a->note);
	}
}

static void print_json(const struct options *opt, const struct answers *all)
{
	struct json j = {.out = stdout};

	json_array(&j, NULL);
	for (size_t i = 0; i < all->n; i++) {
		const struct answer *a = &all->a[i];

		json_object(&j, NULL);
		json_string(&j, "name", opt->name);
		if (a->sym) {
			json_number(&j, "position", a->position);
			json_address(&j, "address", a->addr);
			json_string(&j, "type", (char[]){a->sym->type, '\0'});
		} else {
			json_string(&j, "position", NULL);
			json_string(&j, "address", NULL);
			json_string(&j, "type", NULL);
		}
		json_string(&j, "object", a->object);
		json_string(&j, "file", a->file[0] ? a->file : NULL);
		if (a->line)
			json_number(&j, "line", a->line);
		else
			json_string(&j, "line", NULL);
		json_bool(&j, "traceable", a->traceable);
		json_string(&j, "note", a->note);
		json_end(&j);
	}
	json_end(&j);
}

/* Nothing of that name is there, nor was it in the source. */
static void report_nothing(const struct options *opt, const struct object *obj, struct near *near)
{
	error("'%s': no such symbol in %s%s%s%s", opt->name,
	      obj->module ? "the module " : "this vmlinux", obj->module ? obj->name : "",
	      opt->path ? " in " : "", opt->path ? opt->path : "");
	near_print(near, "  near names: ");
	if (!opt->path)
		fprintf(stderr,
			"  a module's symbols are found by its source file: name that, too\n");
}

static int answer(const struct options *opt, struct target *t)
{
	struct name_search search = {.name = opt->name, .near = {.wanted = opt->name}};
	struct objects objects = {.files = &opt->modules};
	struct answers all = {0};
	struct object *obj = NULL;
	bool found;
	int status;

	kallsyms_want(&t->kallsyms, opt->name);
	status = target_read_symbols(t) || objects_open(&objects, t);
	if (!status) {
		obj = objects.obj[0];
		status = add_symbols(opt, &objects, obj, &all);
	}
	/* Whether vmlinux has the file takes long to find out: only where that matters. */
	if (!status && !all.n && opt->path) {
		status = find_object(opt, &objects, &obj);
		if (!status && obj->module)
			status = add_symbols(opt, &objects, obj, &all);
	}
	found = all.n > 0;
	if (!status && !found)
		status = add_vanished(opt, obj, &all);
	if (!status && found && !object_traced(&objects, obj)->known)
		warning("'%s' has no table of traced functions: what is traceable was not looked up",
			obj->path);
	if (!status) {
		if (opt->json)
			print_json(opt, &all);
		else
			print_text(&all);
	}
	if (!status && !found) {
		if (!opt->json) {
			kallsyms_each(obj->elf, look_at_name, &search);
			if (search.clones)
				putchar('\n');
		}
		if (!all.n)
			report_nothing(opt, obj, &search.near);
	}
	for (size_t i = 0; i < all.n; i++) {
		free(all.a[i].file);
		free(all.a[i].note);
	}
	free(all.a);
	objects_close(&objects);
	return status || !found ? EXIT_REFUSED : EXIT_SUCCESS;
}

static void parse(int argc, char **argv, struct options *opt)
{
	static const struct option longopts[] = {
		{"json", no_argument, NULL, OPT_OWN},
		MODULE_OPTIONS,
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "hV", longopts, NULL)) != -1) {
		if (take_target_option(c, optarg, &opt->target, help) ||
		    take_module_option(c, optarg, &opt->modules))
			continue;
		if (c != OPT_OWN)
			exit(EXIT_USAGE);
		opt->json = true;
	}
	if (optind == argc || argc - optind > 2)
		usage_error("one name, and at most one path");
	opt->name = argv[optind];
	opt->path = argv[optind + 1];
	if (!opt->name[0])
		usage_error("the name is empty");
	if (!opt->target.vmlinux)
		usage_error("--vmlinux is needed");
}

int main(int argc, char **argv)
{
	struct options opt = {0};
	struct target target = {0};
	int status;

	progname = "kallsympos";
	parse(argc, argv, &opt);
	status = target_open(&target, &opt.target) ? EXIT_REFUSED : answer(&opt, &target);
	target_close(&target);
	free(opt.target.symvers);
	return status;
}
