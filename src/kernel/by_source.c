// SPDX-License-Identifier: GPL-2.0-only
/* The modules that have a source file: see kernel/by_source.h. */
#include "kernel/by_source.h"

#include "base/cleanup.h"
#include "base/util.h"
#include "klp/module_name.h"

/* How the units of a source are found: units_find() for one, or units_including(). */
typedef int find_units(struct dwarf_file *d, struct unit_query *q);

static int find_own(struct dwarf_file *d, struct unit_query *q)
{
	return units_find(d, q, 1);
}

/* Does this module have a unit of that source: 1 or 0, -1 after error(). */
static int has_source(const char *path, const char *tag, find_units *find)
{
	struct unit_query q = {.path = tag};
	struct dwarf_file *d = NULL;
	struct elf_file *elf;
	int status = 0;

	if (elf_file_open(path, &elf))
		return -1;
	if (dwarf_file_present(elf)) {
		status = dwarf_file_open(elf, &d) || find(d, &q) ? -1 : q.n > 0;
		units_free(&q, 1);
	}
	dwarf_file_close(d);
	elf_file_close(elf);
	return status;
}

/* Adds those of the candidates that have the source. error() and -1 when one cannot be read. */
static int choose(const struct module_list *candidates, const char *tag, find_units *find,
		  struct module_list *ret)
{
	for (size_t i = 0; i < candidates->n; i++) {
		int has = has_source(candidates->path[i], tag, find);

		if (has < 0)
			return -1;
		if (has)
			module_list_add(ret, xstrdup(candidates->path[i]));
	}
	return 0;
}

static int choose_near(const struct module_options *files, const char *tag, find_units *find,
		       struct module_list *ret)
{
	struct module_list near = {0};
	int status;

	if (!files->debug)
		return 0;
	module_list_near(&near, files->debug, tag);
	status = choose(&near, tag, find, ret);
	module_list_free(&near);
	return status;
}

/*
 * The modules that have the source: those that the user has named win, even where the kernel has
 * others of that source.
 */
static int search(const struct module_options *files, const char *tag, find_units *find,
		  struct module_list *ret)
{
	struct module_list given = {0}, all = {0};
	int status;

	for (size_t i = 0; i < files->extras; i++)
		module_list_add(&given, xstrdup(files->extra[i]));
	status = choose(&given, tag, find, ret);
	if (!status && !ret->n)
		status = choose_near(files, tag, find, ret);
	/* Some modules are made of sources of another directory: kvm of virt/kvm, for one. */
	if (!status && !ret->n && files->debug) {
		module_list_all(&all, files->debug);
		status = choose(&all, tag, find, ret);
	}
	module_list_free(&given);
	module_list_free(&all);
	return status;
}

static int refuse_several(const char *tag, const struct module_list *all)
{
	CLEANUP_FREE char *first = module_name(all->path[0]);

	error("'%s' is compiled into more than one module: '%s', '%s'\n"
	      "  in a tag, '%s [%s]' is that of the first",
	      tag, all->path[0], all->path[1], tag, first);
	return -1;
}

/* Opens the one module that has the source; *ret is left unchanged when none has it. */
static int open_module(struct objects *o, const char *tag, find_units *find,
		       struct unit_query *query, struct object **ret)
{
	struct module_list found = {0};
	int status = search(o->files, tag, find, &found);

	if (!status && found.n > 1)
		status = refuse_several(tag, &found);
	if (!status && found.n)
		status = module_check_loaded(o->files, found.path[0], tag);
	if (!status && found.n)
		status = objects_open(o, found.path[0], ret);
	if (!status && found.n)
		status = find((*ret)->dwarf, query);
	module_list_free(&found);
	return status;
}

int modules_of_source(const struct module_options *files, const char *tag, bool near,
		      struct module_list *ret)
{
	return near ? choose_near(files, tag, find_own, ret) : search(files, tag, find_own, ret);
}

int module_by_source(struct objects *o, const char *tag, struct unit_query *query,
		     struct object **ret)
{
	struct object *vmlinux = o->obj[0];
	int status;

	status = open_module(o, tag, find_own, query, ret);
	/* No unit of its own: another C file may include it, as kernel/sched/build_policy.c does.
	 */
	if (!status && !*ret)
		status = units_including(vmlinux->dwarf, query);
	if (!status && !*ret && query->n)
		*ret = vmlinux;
	if (!status && !*ret)
		status = open_module(o, tag, units_including, query, ret);
	return status;
}
