// SPDX-License-Identifier: GPL-2.0-only
/* The module that has a source file: see kernel/by_source.h. */
#include "kernel/by_source.h"

#include "base/util.h"
#include "kernel/module_files.h"

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

/* The one of these modules that has the source; NULL when none has it. */
static int choose(const struct module_list *candidates, const char *tag, find_units *find,
		  const char **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < candidates->n; i++) {
		int has = has_source(candidates->path[i], tag, find);

		if (has > 0 && *ret) {
			error("'%s' is compiled into more than one module: '%s', '%s'", tag, *ret,
			      candidates->path[i]);
			return -1;
		}
		if (has < 0)
			return -1;
		if (has)
			*ret = candidates->path[i];
	}
	return 0;
}

/* Searches the modules; *ret is left unchanged when none has it. */
static int search_modules(struct objects *o, const char *tag, find_units *find,
			  struct unit_query *query, struct object **ret)
{
	struct module_list given = {0}, near = {0}, all = {0};
	const char *found = NULL;
	int status;

	/*
	 * A file that the user has named wins, even where the kernel has a module of that source.
	 */
	for (size_t i = 0; i < o->files->extras; i++)
		module_list_add(&given, xstrdup(o->files->extra[i]));
	status = choose(&given, tag, find, &found);
	if (!status && !found && o->files->debug) {
		module_list_near(&near, o->files->debug, tag);
		status = choose(&near, tag, find, &found);
	}
	/* Some modules are made of sources of another directory: kvm of virt/kvm, for one. */
	if (!status && !found && o->files->debug) {
		module_list_all(&all, o->files->debug);
		status = choose(&all, tag, find, &found);
	}
	if (!status && found)
		status = module_check_loaded(o->files, found, tag);
	if (!status && found)
		status = objects_open(o, found, ret);
	if (!status && found)
		status = find((*ret)->dwarf, query);
	module_list_free(&given);
	module_list_free(&near);
	module_list_free(&all);
	return status;
}

int module_by_source(struct objects *o, const char *tag, struct unit_query *query,
		     struct object **ret)
{
	struct object *vmlinux = o->obj[0];
	int status;

	status = search_modules(o, tag, find_own, query, ret);
	/* No unit of its own: another C file may include it, as kernel/sched/build_policy.c does.
	 */
	if (!status && !*ret)
		status = units_including(vmlinux->dwarf, query);
	if (!status && !*ret && query->n)
		*ret = vmlinux;
	if (!status && !*ret)
		status = search_modules(o, tag, units_including, query, ret);
	return status;
}
