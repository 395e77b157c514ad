// SPDX-License-Identifier: GPL-2.0-only
/*
 * kallsympos answers one question: where is this symbol? Every candidate of a name with its
 * position as livepatch counts it (old_sympos, .klp.sym...,N), its address, source line, and
 * whether a livepatch can redirect it; and where there is no symbol, what became of it. A file that
 * vmlinux is not made of leads to its module.
 */
#include <stdlib.h>
#include <string.h>

#include "answer/answers.h"
#include "answer/module_mentions.h"
#include "answer/sources.h"
#include "answer/where.h"
#include "base/near.h"
#include "base/path.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/util.h"
#include "dwarf/locate.h"
#include "dwarf/reduced.h"
#include "image/objects.h"
#include "kernel/options.h"
#include "kernel/rules.h"
#include "klp/format.h"
#include "klp/module_name.h"

#define VANISHED_MAX 16

/* Opening a module takes a while, and a header's function may be in all of them. */
#define MODULES_MAX 16

static const char help[] =
	"Usage: kallsympos --vmlinux FILE [OPTION...] NAME [PATH]\n"
	"       kallsympos --vmlinux FILE [OPTION...] --sources [NAME...]\n"
	"Lists the kernel symbols of a name, with their positions for livepatches.\n"
	"PATH: only those that are defined in this source file, of vmlinux or else of a\n"
	"module.\n"
	"\n"
	"  --sources           instead the source files of vmlinux and of the modules\n"
	"                      with debug information, each with its object; with NAMEs\n"
	"                      only those that mention one of these\n"
	"  --with FILE         of these only the ones that have code, a type or a\n"
	"                      declaration from it (repeatable)\n"
	"  --json              one JSON object, with the symbols in the kernel's order\n" MODULE_OPTIONS_HELP
		TARGET_OPTIONS_HELP;

struct options {
	struct target_options target;
	struct module_options modules;
	const char *name, *path;
	bool json, sources;
	struct sources_query query; /* with sources */
};

/* Does the PATH on the command line select this one? It may name its unit or its header. */
static bool asked_for(const struct options *opt, const char *file, const struct location *l)
{
	return !opt->path || path_matches(file, opt->path) || path_matches(l->unit, opt->path);
}

/* what: NULL or empty: nothing is known. */
static void add_note(char **note, const char *text, const char *what)
{
	if (what && what[0])
		xappend(note, "%s%s%s", **note ? "; " : "", text, what);
}

static void add(const struct options *opt, const struct object *obj, struct answers *ret,
		const struct ksym *sym, size_t position, const struct location *l,
		const char *why_not, const char *unknown)
{
	const char *place = l->place[0] ? l->place : l->unit, *colon = strrchr(place, ':');
	char *file = colon ? xstrndup(place, (size_t)(colon - place)) : xstrdup(place);
	const char *unit = location_in_unit(l) ? "" : l->unit;
	const char *name = sym && strcmp(sym->name, opt->name) != 0 ? sym->name : NULL;
	char *note;

	if (!asked_for(opt, file, l)) {
		free(file);
		return;
	}
	note = xstrdup("");
	add_note(&note, "", why_not);
	add_note(&note, "compiled in ", unit);
	add_note(&note, "its name here is ", name);
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
		.traceable = why_not   ? UNABLE
			     : unknown ? NOT_KNOWN
				       : ABLE,
		.note = note,
	};
}

/* Why no livepatch can redirect it, or NULL. */
static const char *refusal(const struct objects *o, const struct object *obj,
			   const struct ksym *all, size_t n, const struct ksym *sym)
{
	const char *why = object_refusal(o, obj, sym);
	size_t position;

	if (!why && obj->module && !kallsyms_position(all, n, sym, &position))
		why = "a namesake in init memory gives it another position while the module loads";
	return why;
}

/* Symbols of one name. */
static int add_one_name(const struct options *opt, const struct objects *o,
			const struct object *obj, const struct ksym *sym, size_t count,
			struct answers *ret)
{
	struct location *place = xcalloc(count, sizeof(*place));
	int status = count ? locate(obj->dwarf, sym, count, place) : 0;

	for (size_t i = 0; i < count && !status; i++)
		add(opt, obj, ret, &sym[i], i + 1, &place[i], refusal(o, obj, sym, count, &sym[i]),
		    object_unknown(o, obj));
	free(place);
	return status;
}

static int add_answers(const struct options *opt, const struct objects *o, const struct object *obj,
		       struct answers *ret)
{
	size_t count, promoted;
	const struct ksym *sym = kallsyms_find(obj->symbols, opt->name, &count);
	int status = add_one_name(opt, o, obj, sym, count, ret);

	sym = kallsyms_promoted(obj->symbols, opt->name, &promoted);
	for (size_t i = 0; i < promoted && !status; i++)
		status = add_one_name(opt, o, obj, &sym[i], 1, ret);
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
	/* It has been looked for among what is known of the file. */
	if (!status)
		status = reduced_refuse((*ret)->dwarf, &q, "");
	units_free(&q, 1);
	return status;
}

/* What the compiler has made of what has no symbol; to be freed. */
static char *what_became(const struct where *w)
{
	if (!w->function || !w->functions)
		return xstrdup("optimised away, or only a clone is left");
	return xasprintf("inlined into %zu function%s", w->functions, w->functions == 1 ? "" : "s");
}

/* The name is in the source, but the compiler left no symbol of it. *header: of a header's. */
static int add_vanished(const struct options *opt, const struct objects *o,
			const struct object *obj, struct answers *ret, bool *header)
{
	struct where where[VANISHED_MAX];
	int n = where_find(o, obj, opt->name, where, VANISHED_MAX);

	for (int i = 0; i < n; i++) {
		char *note = what_became(&where[i]);
		size_t before = ret->n;

		add(opt, obj, ret, NULL, 0, &where[i].location, note, NULL);
		free(note);
		*header |= where[i].header;
		if (ret->n == before)
			continue;
		ret->a[before].inlined = where[i].inlined;
		where[i].inlined = NULL;
	}
	where_free(where, n < 0 ? 0 : (size_t)n);
	return n < 0 ? -1 : 0;
}

struct name_search {
	const char *name;
	char *clones;
	struct near near;
};

/* "foo.isra.0", "foo.cold": made of foo by the compiler. */
static void look_at_name(const struct ksym *sym, void *arg)
{
	struct name_search *s = arg;
	size_t len = strlen(s->name);

	if (!strncmp(sym->name, s->name, len) && sym->name[len] == '.') {
		xappend(&s->clones, "%s %s",
			s->clones ? "," : "clones that the compiler made:", sym->name);
	} else if (!kallsyms_ignored(sym->name)) {
		near_offer(&s->near, sym->name);
	}
}

/* There is no such symbol, and the source had none either. */
static void report_nothing(const struct options *opt, const struct object *obj, struct near *near)
{
	error("'%s': no such symbol in %s%s%s%s", opt->name,
	      obj->module ? "the module " : "this vmlinux", obj->module ? obj->name : "",
	      opt->path ? " in " : "", opt->path ? opt->path : "");
	near_print(near, "  near names: ");
}

/* What was found, where it was looked for. */
struct search_result {
	struct answers all;
	struct object *obj; /* vmlinux, or the module that PATH leads to */
	size_t symbols;	    /* how many of the answers have one */
	bool here;	    /* obj has them */
	size_t more;	    /* modules that may have more of them */
};

/* The word for what can be replaced; without ftrace it is not "traceable". */
static const char *able(const struct objects *o)
{
	return o->target->jump.used ? "patchable" : "traceable";
}

static void warn_of_unknown(const struct objects *o, const struct object *obj)
{
	const char *unknown = object_unknown(o, obj);

	if (unknown)
		warning("'%s' %s: what is %s was not looked up", obj->path, unknown, able(o));
}

/* One module: its symbols of that name, else what became of it there. */
static int add_module(const struct options *opt, struct objects *o, const char *path,
		      struct search_result *f)
{
	char *name = module_name(path);
	size_t before = f->all.n;
	struct object *obj;
	bool header = false;
	int status = objects_by_name(o, name, &obj);

	free(name);
	if (status || !obj || !obj->dwarf)
		return status;
	status = add_answers(opt, o, obj, &f->all);
	f->symbols += f->all.n - before;
	if (!status && f->all.n > before)
		warn_of_unknown(o, obj);
	if (status || f->all.n > before)
		return status;
	return add_vanished(opt, o, obj, &f->all, &header);
}

/*
 * Searches the modules that have the name, for when vmlinux does not have it, or has it from a
 * header that modules may include too.
 */
static int add_modules(const struct options *opt, struct objects *o, struct search_result *f)
{
	struct module_list list = {0};
	int status = module_mentions(o->files, opt->name, &list);
	size_t n = list.n > MODULES_MAX ? MODULES_MAX : list.n;

	for (size_t i = 0; i < n && !status; i++)
		status = add_module(opt, o, list.path[i], f);
	f->more = list.n - n;
	module_list_free(&list);
	return status;
}

static bool is_header(const struct options *opt)
{
	return opt->path && str_ends(opt->path, ".h");
}

static int search(const struct options *opt, struct objects *o, struct search_result *f)
{
	bool header = false;
	int status;

	f->obj = o->obj[0];
	status = add_answers(opt, o, f->obj, &f->all);
	/*
	 * Finding out whether vmlinux has the file takes long, so it is only done where it matters.
	 */
	if (!status && !f->all.n && opt->path && !is_header(opt)) {
		status = find_object(opt, o, &f->obj);
		if (!status && f->obj->module)
			status = add_answers(opt, o, f->obj, &f->all);
	}
	f->symbols = f->all.n;
	f->here = f->symbols > 0;
	if (!status && !f->symbols)
		status = add_vanished(opt, o, f->obj, &f->all, &header);
	if (!status && !f->symbols && (header || !f->all.n) && (!opt->path || is_header(opt)))
		status = add_modules(opt, o, f);
	return status;
}

/* What else is known about a name that has no symbol. */
static void print_rest(const struct options *opt, const struct search_result *f)
{
	struct name_search search = {.name = opt->name, .near = {.wanted = opt->name}};

	if (!opt->json) {
		kallsyms_each(f->obj->elf, look_at_name, &search);
		if (search.clones) {
			char *text = text_wrap("", search.clones);

			printf("%s\n", text + 1);
			free(text);
			free(search.clones);
		}
	}
	if (!f->all.n)
		report_nothing(opt, f->obj, &search.near);
}

static int answer(const struct options *opt, struct target *t)
{
	struct objects objects = {.files = &opt->modules};
	struct search_result f = {.more = 0};
	int status;

	kallsyms_want(&t->kallsyms, opt->name);
	status = target_read_symbols(t) || kernel_objects(&objects, t) || search(opt, &objects, &f);
	if (!status && f.here)
		warn_of_unknown(&objects, f.obj);
	if (!status && opt->json)
		answers_print_json(&f.all, opt->name);
	else if (!status)
		answers_print(&f.all, able(&objects));
	if (!status && f.more)
		warning("%zu more module%s the name: ask again with the path of one of their "
			"source files",
			f.more, f.more == 1 ? " has" : "s have");
	if (!status && !f.symbols)
		print_rest(opt, &f);
	answers_free(&f.all);
	objects_close(&objects);
	return status || !f.symbols ? EXIT_REFUSED : EXIT_SUCCESS;
}

/* A list may be empty. */
static int answer_sources(const struct options *opt, struct target *t)
{
	if (target_read_symbols(t) || sources_print(t->vmlinux, &opt->modules, &opt->query) ||
	    error_count())
		return EXIT_REFUSED;
	return EXIT_SUCCESS;
}

static void with_file(struct sources_query *q, const char *file)
{
	GROW(q->file, q->files, q->files_cap);
	q->file[q->files++] = file;
}

static void take_operands(struct options *opt, int n, char **operand)
{
	if (opt->sources && opt->json)
		usage_error("--sources is not answered in JSON");
	if (opt->query.files && !opt->sources)
		usage_error("--with is for --sources");
	if (opt->sources) {
		opt->query.name = operand;
		opt->query.names = (size_t)n;
		return;
	}
	if (!n || n > 2)
		usage_error("one name, and at most one path");
	opt->name = operand[0];
	opt->path = operand[1];
	if (!opt->name[0])
		usage_error("the name is empty");
}

static void parse(int argc, char **argv, struct options *opt)
{
	static const struct option longopts[] = {
		{"json", no_argument, NULL, OPT_OWN},
		{"sources", no_argument, NULL, OPT_OWN + 1},
		{"with", required_argument, NULL, OPT_OWN + 2},
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
		if (c == OPT_OWN)
			opt->json = true;
		else if (c == OPT_OWN + 1)
			opt->sources = true;
		else if (c == OPT_OWN + 2)
			with_file(&opt->query, optarg);
		else
			usage_error_option(c, argv);
	}
	take_operands(opt, argc - optind, argv + optind);
	if (!opt->target.vmlinux)
		usage_error("--vmlinux is needed");
}

int main(int argc, char **argv)
{
	struct options opt = {0};
	struct target target = {0};
	int status;

	progname = "kallsympos";
	printable_output();
	parse(argc, argv, &opt);
	if (target_open(&target, &opt.target))
		status = EXIT_REFUSED;
	else
		status = opt.sources ? answer_sources(&opt, &target) : answer(&opt, &target);
	target_close(&target);
	free(opt.modules.extra);
	free(opt.query.file);
	free(opt.target.symvers);
	return status;
}
