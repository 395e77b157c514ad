// SPDX-License-Identifier: GPL-2.0-only
/* vmlinux and the modules that a patch leads to: see objects.h. */
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#include "livepatch.h"
#include "module_files.h"
#include "util.h"

static struct object *add_object(struct objects *o, const char *name)
{
	struct object *obj = xcalloc(1, sizeof(*obj));

	obj->name = xstrdup(name);
	GROW(o->obj, o->n, o->cap);
	o->obj[o->n++] = obj;
	return obj;
}

int objects_open(struct objects *o, struct target *target)
{
	struct object *obj = add_object(o, KLP_VMLINUX);

	o->target = target;
	obj->path = xstrdup(target->vmlinux->path);
	obj->elf = target->vmlinux;
	obj->symbols = &target->kallsyms;
	return dwarf_file_open(obj->elf, &obj->dwarf);
}

/* Positions count in the installed module: its debug file must be of the same build. */
static int check_installed(const struct objects *o, const struct object *obj)
{
	char installed_id[ELF_BUILD_ID_MAX], id[ELF_BUILD_ID_MAX];
	char *path = o->installed ? module_file(o->installed, obj->name) : NULL;
	struct elf_file *elf;
	int status = 0;

	if (!path || !strcmp(path, obj->path)) {
		free(path);
		return 0;
	}
	if (elf_file_open(path, &elf)) {
		free(path);
		return -1;
	}
	if (!elf_file_build_id(elf, installed_id) || !elf_file_build_id(obj->elf, id) ||
	    strcmp(installed_id, id) != 0) {
		error("'%s' and '%s' are not of one build: their build-ids differ or are not there",
		      obj->path, path);
		status = -1;
	}
	elf_file_close(elf);
	free(path);
	return status;
}

static int open_module(struct objects *o, const char *path, struct object **ret)
{
	char *name = module_name(path);
	struct object *obj;

	for (size_t i = 1; i < o->n; i++) {
		if (!strcmp(o->obj[i]->path, path)) {
			free(name);
			*ret = o->obj[i];
			return 0;
		}
	}
	obj = add_object(o, name);
	free(name);
	obj->path = xstrdup(path);
	obj->module = true;
	if (elf_file_open(path, &obj->elf))
		return -1;
	if (obj->elf->ehdr.e_type != ET_REL ||
	    obj->elf->ehdr.e_machine != o->target->vmlinux->ehdr.e_machine) {
		error("'%s': no module of this kernel's architecture", path);
		return -1;
	}
	/* All names that the patch knows of; the map stays vmlinux's. */
	obj->own.wanted = o->target->kallsyms.wanted;
	obj->symbols = &obj->own;
	if (kallsyms_read_module(&obj->own, obj->elf) || check_installed(o, obj))
		return -1;
	if (dwarf_file_present(obj->elf) && dwarf_file_open(obj->elf, &obj->dwarf))
		return -1;
	*ret = obj;
	return 0;
}

/* Does this module have a unit of that source? Its units go to query. */
static bool has_source(const char *path, const char *tag)
{
	struct unit_query q = {.path = tag};
	struct elf_file *elf;
	struct dwarf_file *d;
	bool found = false;

	if (elf_file_open(path, &elf))
		return false;
	if (dwarf_file_present(elf) && !dwarf_file_open(elf, &d)) {
		found = !units_find(d, &q, 1) && q.n;
		units_free(&q, 1);
		dwarf_file_close(d);
	}
	elf_file_close(elf);
	return found;
}

int objects_by_source(struct objects *o, const char *tag, struct unit_query *query,
		      struct object **ret)
{
	struct module_list candidates = {0};
	char *found = NULL;
	int status = 0;

	*ret = NULL;
	for (size_t i = 0; i < o->extras; i++)
		module_list_add(&candidates, xstrdup(o->extra[i]));
	if (o->debug)
		module_list_near(&candidates, o->debug, tag);
	for (size_t i = 0; i < candidates.n && !status; i++) {
		if (!has_source(candidates.path[i], tag))
			continue;
		if (found) {
			error("'%s' is compiled into more than one module: '%s', '%s'", tag, found,
			      candidates.path[i]);
			status = -1;
		}
		found = candidates.path[i];
	}
	if (found && !status)
		status = open_module(o, found, ret);
	if (*ret)
		status = units_find((*ret)->dwarf, query, 1);
	module_list_free(&candidates);
	return status;
}

int objects_by_name(struct objects *o, const char *name, struct object **ret)
{
	char *path = NULL;
	int status;

	*ret = NULL;
	for (size_t i = 0; i < o->n; i++) {
		if (!strcmp(o->obj[i]->name, name)) {
			*ret = o->obj[i];
			return 0;
		}
	}
	for (size_t i = 0; i < o->extras && !path; i++) {
		char *extra = module_name(o->extra[i]);

		if (!strcmp(extra, name))
			path = xstrdup(o->extra[i]);
		free(extra);
	}
	if (!path && o->debug)
		path = module_file(o->debug, name);
	if (!path && o->installed)
		path = module_file(o->installed, name);
	if (!path)
		return 0;
	status = open_module(o, path, ret);
	free(path);
	return status;
}

void objects_close(struct objects *o)
{
	for (size_t i = 0; i < o->n; i++) {
		struct object *obj = o->obj[i];

		/* vmlinux is the target's, and its DWARF takes long to take apart. */
		if (obj->module) {
			dwarf_file_close(obj->dwarf);
			elf_file_close(obj->elf);
			free(obj->own.sym);
		}
		free(obj->path);
		free(obj->name);
		free(obj);
	}
	free(o->obj);
}
