// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpsyms decides which symbol of the target kernel each name of a livepatch means.
 *
 * It reads the object files that the compiler made of the templates, their tags, and the target's
 * vmlinux, and writes _klpmake.syms, which klplink carries out. It changes no object: where two
 * files mean different symbols by one name it lists the renames that the driver has to make.
 */
#include <stdlib.h>
#include <string.h>

#include "livepatch.h"
#include "module_files.h"
#include "objects.h"
#include "options.h"
#include "output.h"
#include "patch_module.h"
#include "resolve.h"
#include "scope.h"
#include "symtable.h"
#include "util.h"

static const char help[] =
	"Usage: klpsyms --vmlinux FILE --symvers FILE -o TABLE [OPTION...]\n"
	"               --module X.ko.partial A.o [B.o...] [--module Y.ko.partial C.o...]\n"
	"Decides which kernel symbol each undefined name of the object files means.\n"
	"\n"
	"  -o, --output FILE   the table to write\n"
	"  --renames FILE      write 'OBJECT OLD NEW' lines here where one name means two symbols\n"
	"  --modules DIR       the kernel's modules, lib/modules/RELEASE\n"
	"  --debug-modules DIR the modules' debug files\n"
	"  --object FILE       one more module, with debug information (repeatable)\n" TARGET_OPTIONS_HELP;

struct options {
	struct target_options target;
	const char *output, *renames, *modules, *debug_modules;
	char **extra; /* further modules, by file */
	size_t extras, extras_cap;
};

struct modules {
	struct patch_module *m;
	size_t n;
};

/* A name in an object file, and what came of it. */
struct decision {
	const struct patch_module *module;
	const struct template *t;
	const struct use *use;
	struct resolved found;
};

struct decisions {
	struct decision *d;
	size_t n, cap;
};

/* Names to look up: what the objects leave undefined and what the patch replaces. */
static void collect(const struct modules *mods, struct kallsyms *k, struct scopes *scopes)
{
	for (size_t i = 0; i < mods->n; i++) {
		const struct patch_module *m = &mods->m[i];

		for (size_t t = 0; t < m->n; t++) {
			scopes_want(scopes, &m->t[t].source);
			for (size_t u = 0; u < m->t[t].n; u++)
				kallsyms_want(k, m->t[t].use[u].name);
		}
		for (size_t p = 0; p < m->patches.n; p++) {
			for (size_t o = 0; o < m->patches.patch[p].n; o++) {
				const struct patch_object *obj = &m->patches.patch[p].obj[o];

				for (size_t f = 0; f < obj->n; f++)
					kallsyms_want(k, obj->func[f].old_name);
			}
		}
	}
}

/* Another file of the patch defines the name: that is what the linker takes, but is it meant? */
static void check_own(const struct template *t, const struct scope *scope, const char *name,
		      const struct template *definer)
{
	for (size_t i = 0; scope && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];

		if (!strcmp(def->name, name) && def->defined && !def->external) {
			error("%s: '%s' is defined in %s, and is a static of %s too: give the one "
			      "in %s another name",
			      source_place(&t->source, name), name, definer->source.path,
			      scope->tag, definer->source.path);
			return;
		}
	}
}

static void decide_uses(const struct resolver *r, const struct modules *mods,
			const struct scopes *scopes, struct decisions *ret)
{
	for (size_t i = 0; i < mods->n; i++) {
		const struct patch_module *m = &mods->m[i];

		for (size_t t = 0; t < m->n; t++) {
			const struct template *tmpl = &m->t[t];
			const struct scope *scope = scopes_find(scopes, &tmpl->source);

			for (size_t u = 0; u < tmpl->n; u++) {
				const struct use *use = &tmpl->use[u];
				const struct template *own =
					patch_module_definer(m, use->link_name, tmpl);
				struct resolved found;

				if (own)
					check_own(tmpl, scope, use->name, own);
				if (own || patch_module_defines(m, use->link_name))
					continue;
				found = resolve_use(r, &tmpl->source, scope, use);
				GROW(ret->d, ret->n, ret->cap);
				ret->d[ret->n++] = (struct decision){m, tmpl, use, found};
			}
		}
	}
}

static bool same_symbol(const struct resolved *a, const struct resolved *b)
{
	return a->how == b->how && a->sym == b->sym && a->gate == b->gate;
}

/* Does another object of the module mean something else by the same link name? */
static bool in_conflict(const struct decisions *all, const struct decision *d)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct decision *o = &all->d[i];

		if (o->module == d->module && !strcmp(o->use->link_name, d->use->link_name) &&
		    !same_symbol(&o->found, &d->found))
			return true;
	}
	return false;
}

/*
 * One name, two symbols: the linker would merge them. Each livepatch one gets a name of its own,
 * the same in each object that means it.
 */
static int write_renames(const struct decisions *all, const char *path)
{
	struct output out;

	if (path && output_begin(&out, path))
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		const struct decision *d = &all->d[i];

		if (d->found.how != RESOLVED_LIVEPATCH || !in_conflict(all, d))
			continue;
		if (!path) {
			error("%s: '%s' means another symbol in another file of the patch: only "
			      "--renames can keep them apart",
			      source_place(&d->t->source, d->use->name), d->use->name);
			return -1;
		}
		fprintf(out.stream, "%s %s %s" TEMPLATE_RENAME_MARK, d->t->path,
			d->use->link_name, d->use->name);
		if (d->found.gate != d->found.owner)
			fprintf(out.stream, "%s.", d->found.gate->name);
		fprintf(out.stream, "%s.%zu\n", d->found.owner->name, d->found.position);
	}
	return path ? output_end(&out) : 0;
}

static char *place_of(const struct resolved *found)
{
	char place[512];

	if (!found->def)
		return xstrdup("-");
	def_place(found->owner->dwarf, found->def, place, sizeof(place));
	return xstrdup(place);
}

static void add_symbols(const struct decisions *all, struct symtable *table)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct decision *d = &all->d[i];
		struct table_symbol *s;
		bool known = false;

		for (size_t j = 0; j < i && !known; j++)
			known = all->d[j].module == d->module &&
				!strcmp(all->d[j].use->link_name, d->use->link_name);
		if (known || d->found.how != RESOLVED_LIVEPATCH)
			continue;
		s = symtable_add_symbol(table);
		s->module = xstrdup(d->module->name);
		s->link_name = xstrdup(d->use->link_name);
		s->gate = xstrdup(d->found.gate->name);
		s->object = xstrdup(d->found.owner->name);
		s->name = xstrdup(d->use->name);
		s->position = d->found.position;
		/* Of a module: where it lies in its section. */
		s->addr =
			d->found.owner->module ? (uint32_t)d->found.sym->addr : d->found.sym->addr;
		s->type = d->found.sym->type;
		s->source = place_of(&d->found);
	}
}

/* Is this the object file with the new function, as far as the linked module's symbols tell? */
static bool has_new_function(const struct template *t, const struct patch_func *func)
{
	return template_defines_function(t, func->new_name, func->new_global) &&
	       (!func->new_file || source_path_fits(t->source.path, func->new_file));
}

/*
 * The position of a replaced function follows from the tag of the file with its new function.
 * Static new functions of one name in files of one name (in two directories) have to agree.
 */
static void decide_function(const struct resolver *r, const struct patch_module *m,
			    const struct scopes *scopes, const struct object *object,
			    const struct patch_func *func, struct symtable *table)
{
	static const struct source nowhere = {.path = "the patch"};
	struct resolved found = {.how = RESOLVED_NONE};
	struct table_sympos *s;

	for (size_t t = 0; t < m->n; t++) {
		const struct source *source = &m->t[t].source;
		struct resolved one;

		if (!has_new_function(&m->t[t], func))
			continue;
		one = resolve_old_function(r, source, scopes_find(scopes, source), object,
					   func->old_name, func->old_sympos);
		if (one.how == RESOLVED_REFUSED)
			return;
		if (found.how != RESOLVED_NONE && !same_symbol(&one, &found)) {
			error("%s: '%s' is the new function of '%s' in two files with different tags: "
			      "give them different names",
			      source->path, func->new_name, func->old_name);
			return;
		}
		found = one;
	}
	if (found.how == RESOLVED_NONE)
		found = resolve_old_function(r, &nowhere, NULL, object, func->old_name,
					     func->old_sympos);
	if (found.how != RESOLVED_LIVEPATCH || found.position == 0 || func->old_sympos)
		return;
	s = symtable_add_sympos(table);
	s->module = xstrdup(m->name);
	s->section = xstrdup(m->elf->sec[func->sympos_section].name);
	s->offset = func->sympos_offset;
	s->position = found.position;
	s->name = xstrdup(func->old_name);
}

/* The functions that a struct klp_object patches; an object that is not there is told at once. */
static void decide_object(const struct resolver *r, const struct patch_module *m,
			  const struct scopes *scopes, const struct patch_object *patched,
			  struct symtable *table)
{
	const char *name = patched->name ? patched->name : KLP_VMLINUX;
	struct object *object;

	if (patched->n == 0 || objects_by_name(r->objects, name, &object))
		return;
	if (!object) {
		error("%s: it patches the module '%s', of which no file is there: give --module FILE, "
		      "or install its debug file",
		      m->name, name);
		return;
	}
	for (size_t f = 0; f < patched->n; f++) {
		if (patched->func[f].old_name[0])
			decide_function(r, m, scopes, object, &patched->func[f], table);
	}
}

static void decide_functions(const struct resolver *r, const struct modules *mods,
			     const struct scopes *scopes, struct symtable *table)
{
	for (size_t i = 0; i < mods->n; i++) {
		const struct patches *p = &mods->m[i].patches;

		for (size_t j = 0; j < p->n; j++) {
			for (size_t o = 0; o < p->patch[j].n; o++)
				decide_object(r, &mods->m[i], scopes, &p->patch[j].obj[o], table);
		}
	}
}

static int by_string(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * What is left for depends=: the modules of whose exports some are still imported. modpost has
 * written all of them (scripts/mod/modpost.c, add_depends()), and the kernel would pull them in.
 */
static void decide_depends(const struct modules *mods, const struct decisions *all,
			   struct symtable *table)
{
	for (size_t i = 0; i < mods->n; i++) {
		char **name = xcalloc(all->n, sizeof(*name)), *names = xstrdup("");
		struct table_depends *d;
		bool moved = false;
		size_t n = 0;

		for (size_t j = 0; j < all->n; j++) {
			const struct resolved *found = &all->d[j].found;

			if (all->d[j].module != &mods->m[i])
				continue;
			moved |= found->how == RESOLVED_LIVEPATCH && found->owner->module;
			if (found->how == RESOLVED_EXPORT && !symver_in_vmlinux(found->export))
				name[n++] = module_name(found->export->owner);
		}
		if (n)
			qsort(name, n, sizeof(*name), by_string);
		for (size_t j = 0; j < n; j++) {
			if (j == 0 || strcmp(name[j], name[j - 1]) != 0) {
				char *longer =
					xasprintf("%s%s%s", names, names[0] ? "," : "", name[j]);

				free(names);
				names = longer;
			}
		}
		if (moved) {
			d = symtable_add_depends(table);
			d->module = xstrdup(mods->m[i].name);
			d->names = xstrdup(names[0] ? names : "-");
		}
		for (size_t j = 0; j < n; j++)
			free(name[j]);
		free(name);
		free(names);
	}
}

static int write_table(const struct options *opt, const struct target *target,
		       struct symtable *table)
{
	char *head = xasprintf("# klpmake symbol table: which kernel symbol each name means\n"
			       "# kernel %s, vmlinux build-id %s\n",
			       opt->target.release ? opt->target.release : "unknown",
			       target->build_id[0] ? target->build_id : "none");
	int status = symtable_write(table, opt->output, head);

	free(head);
	return status;
}

static int decide(const struct options *opt, struct modules *mods, struct target *target)
{
	struct objects objects = {
		.installed = opt->modules,
		.debug = opt->debug_modules,
		.extra = opt->extra,
		.extras = opt->extras,
	};
	struct scopes scopes = {0};
	struct decisions all = {0};
	struct symtable table = {0};
	struct resolver r = {.objects = &objects};
	int status = -1;

	for (size_t i = 0; i < mods->n; i++) {
		if (patch_module_read_patch(&mods->m[i], target->vmlinux))
			return -1;
	}
	collect(mods, &target->kallsyms, &scopes);
	if (target_read_symbols(target) || objects_open(&objects, target) ||
	    scopes_read(&scopes, &objects))
		goto out;
	decide_uses(&r, mods, &scopes, &all);
	decide_functions(&r, mods, &scopes, &table);
	if (error_count())
		goto out;
	if (write_renames(&all, opt->renames))
		goto out;
	add_symbols(&all, &table);
	decide_depends(mods, &all, &table);
	status = write_table(opt, target, &table);
out:
	symtable_free(&table);
	free(all.d);
	scopes_free(&scopes);
	objects_close(&objects);
	return status;
}

/* --module X.ko.partial A.o B.o --module Y.ko.partial C.o: a leading '-' keeps the order. */
static void parse(int argc, char **argv, struct options *opt, char ***words, size_t *n)
{
	static const struct option longopts[] = {
		{"output", required_argument, NULL, 'o'},
		{"renames", required_argument, NULL, OPT_OWN},
		{"debug-modules", required_argument, NULL, OPT_OWN + 1},
		{"module", no_argument, NULL, OPT_OWN + 2},
		{"modules", required_argument, NULL, OPT_OWN + 3},
		{"object", required_argument, NULL, OPT_OWN + 4},
		TARGET_OPTIONS,
		{NULL, 0, NULL, 0},
	};
	size_t cap = 0;
	int c;

	while ((c = getopt_long(argc, argv, "-o:hV", longopts, NULL)) != -1) {
		if (take_target_option(c, optarg, &opt->target, help))
			continue;
		if (c == 'o')
			opt->output = optarg;
		else if (c == OPT_OWN)
			opt->renames = optarg;
		else if (c == OPT_OWN + 1)
			opt->debug_modules = optarg;
		else if (c == OPT_OWN + 3)
			opt->modules = optarg;
		else if (c == OPT_OWN + 4) {
			GROW(opt->extra, opt->extras, opt->extras_cap);
			opt->extra[opt->extras++] = optarg;
		} else if (c == OPT_OWN + 2 || c == 1) {
			GROW(*words, *n, cap);
			(*words)[(*n)++] = c == 1 ? optarg : NULL;
		} else
			exit(EXIT_USAGE);
	}
	if (!opt->target.vmlinux || !opt->target.symvers || !opt->output)
		usage_error("--vmlinux, --symvers and -o are needed");
	if (*n < 3 || (*words)[0] || !(*words)[1] || !(*words)[2])
		usage_error("--module needs a partially linked object and its object files");
}

static int open_modules(struct modules *mods, char **words, size_t n)
{
	mods->m = xcalloc(n, sizeof(*mods->m));
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;

		while (end < n && words[end])
			end++;
		if (end < i + 3)
			usage_error(
				"--module needs a partially linked object and its object files");
		if (patch_module_open(&mods->m[mods->n++], words[i + 1], words + i + 2,
				      end - i - 2))
			return -1;
		i = end;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options opt = {0};
	struct modules mods = {0};
	struct target target = {0};
	char **words = NULL;
	size_t n = 0;
	int status;

	progname = "klpsyms";
	parse(argc, argv, &opt, &words, &n);
	status = open_modules(&mods, words, n) || target_open(&target, &opt.target) ||
		 decide(&opt, &mods, &target);
	for (size_t i = 0; i < mods.n; i++)
		patch_module_close(&mods.m[i]);
	free(mods.m);
	free(words);
	target_close(&target);
	return status ? EXIT_REFUSED : EXIT_SUCCESS;
}
