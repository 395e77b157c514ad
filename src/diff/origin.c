// SPDX-License-Identifier: GPL-2.0-only
/* A kernel file in the running kernel: see diff/origin.h. */
#include "diff/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "kernel/by_source.h"
#include "kernel/rules.h"
#include "klp/module_name.h"
#include "symbols/traced.h"

int origin_tables(struct target *target, struct code_tables *tables)
{
	struct dwarf_file *d;
	int status;

	if (dwarf_file_open(target->vmlinux, &d))
		return -1;
	status = code_tables_read(tables, target->arch, d);
	dwarf_file_close(d);
	return status;
}

static void want_functions(const struct pieces *was, struct kallsyms *k)
{
	for (size_t i = 0; i < was->n; i++) {
		if (was->piece[i].kind == PIECE_CODE && was->piece[i].name)
			kallsyms_want(k, was->piece[i].name);
	}
}

/* The first object is the one that is meant, if no other has been named. */
static void add_object(struct original *o, const char *name)
{
	if (!o->source.object) {
		o->source.object = xstrdup(name);
		return;
	}
	/* Two files of one module: which is loaded is found out where it is opened. */
	if (!strcmp(o->source.object, name))
		return;
	for (size_t i = 0; i < o->alsos; i++) {
		if (!strcmp(o->also[i], name))
			return;
	}
	GROW(o->also, o->alsos, o->also_cap);
	o->also[o->alsos++] = xstrdup(name);
}

/* All objects that have a unit of the file, vmlinux before modules. */
static int find_objects(struct original *o, const char *path)
{
	struct unit_query q = {.path = path};
	struct module_list modules = {0};
	int status = units_find(o->objects.obj[0]->dwarf, &q, 1);

	if (!status && q.n)
		add_object(o, o->objects.obj[0]->name);
	if (!status)
		status = modules_of_source(o->objects.files, path, q.n > 0, &modules);
	for (size_t i = 0; i < modules.n && !status; i++) {
		CLEANUP_FREE char *name = module_name(modules.path[i]);

		add_object(o, name);
	}
	units_free(&q, 1);
	module_list_free(&modules);
	return status;
}

/* kbuild makes one object file of a file, so nobody knows what the other copy was compiled to. */
static int refuse_copies(const struct original *o, const char *path)
{
	const struct scope *s = o->scope;

	if (s->query.n == 1)
		return 0;
	error("%s: '%s' has code of this file %zu times, compiled in different ways: write the "
	      "changed functions by hand, in a file with a tag",
	      path, s->object->name, s->query.n);
	return -1;
}

int origin_open(struct original *o, struct target *target, const struct module_options *modules,
		const char *cache, const char *path, const char *object, const struct pieces *was,
		const struct code_tables *tables)
{
	memset(o, 0, sizeof(*o));
	o->target = target;
	o->objects.files = modules;
	o->was = was;
	o->tables = tables;
	o->source.path = path;
	o->source.tag = xstrdup(path);
	want_functions(was, &target->kallsyms);
	if (target_read_symbols(target) || kernel_objects(&o->objects, target))
		return -1;
	o->objects.obj[0]->dwarf->units_cache = cache;
	if (object)
		o->source.object = xstrdup(object);
	else if (find_objects(o, path))
		return -1;
	scopes_want(&o->scopes, &o->source);
	if (scopes_read(&o->scopes, &o->objects))
		return -1;
	o->scope = scopes_find(&o->scopes, &o->source);
	if (refuse_copies(o, path))
		return -1;
	if (traced_read_module(&o->traced, was->elf, was->arch, target->traced_padding))
		return -1;
	return code_open(&o->compiled, was->elf, was->arch, &o->traced) ||
			       code_open(&o->kernel, o->scope->object->elf, was->arch,
					 object_traced(&o->objects, o->scope->object))
		       ? -1
		       : 0;
}

void origin_close(struct original *o)
{
	code_close(&o->compiled);
	code_close(&o->kernel);
	sites_free(&o->traced);
	scopes_free(&o->scopes);
	free(o->source.tag);
	free(o->source.object);
	for (size_t i = 0; i < o->alsos; i++)
		free(o->also[i]);
	free(o->also);
	objects_close(&o->objects);
}

static bool is_at_definition(const struct original *o, const struct ksym *sym)
{
	const struct defs *defs = &o->scope->defs;

	for (size_t i = 0; i < defs->n; i++) {
		for (size_t a = 0; a < defs->def[i].addrs && defs->def[i].function; a++) {
			if (!strcmp(defs->def[i].name, sym->name) &&
			    ksym_is_at(sym, defs->def[i].addr[a]))
				return true;
		}
	}
	return false;
}

static bool is_same_code(struct original *o, size_t piece, const struct ksym *sym)
{
	const struct piece *x = &o->was->piece[piece];
	struct elf_symbol own;
	struct same s;
	bool same;

	elf_file_symbol(o->was->elf, x->symbol, &own);
	same_begin(&s, &o->compiled, &o->kernel, true, o->tables);
	same = same_function(&s, elf_place(x->section, x->start + x->lead), own.sym.st_size,
			     sym->addr, sym->size);
	same_end(&s);
	return same;
}

const struct ksym *origin_symbol(struct original *o, size_t piece, bool *several)
{
	const struct ksym *found = NULL, *all;
	size_t n;

	*several = false;
	all = kallsyms_find(o->scope->object->symbols, o->was->piece[piece].name, &n);
	for (size_t i = 0; i < n; i++) {
		if (n == 1 || is_at_definition(o, &all[i]))
			return &all[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (!all[i].file || !source_path_fits(o->scope->query.unit[0].name, all[i].file) ||
		    !is_same_code(o, piece, &all[i]))
			continue;
		*several = found;
		if (found)
			return NULL;
		found = &all[i];
	}
	return found;
}

const char *origin_unpatchable(struct original *o, size_t piece)
{
	bool several;
	const struct ksym *sym = origin_symbol(o, piece, &several);

	if (several)
		return "the kernel has several functions of that name and code";
	if (!sym)
		return "the kernel has no such function";
	return object_refusal(&o->objects, o->scope->object, sym);
}

bool origin_position(const struct original *o, const struct ksym *sym, size_t *ret)
{
	size_t n;
	const struct ksym *all = kallsyms_find(o->scope->object->symbols, sym->name, &n);

	return o->objects.rules->position(all, n, sym, ret);
}
