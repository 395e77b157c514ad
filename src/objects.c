// SPDX-License-Identifier: GPL-2.0-only
/* vmlinux and the modules that a patch leads to: see objects.h. */
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#include "landing.h"
#include "livepatch.h"
#include "modinfo.h"
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
	return o->symbols_only ? 0 : dwarf_file_open(obj->elf, &obj->dwarf);
}

static int compare_builds(const struct object *obj, const char *path)
{
	char installed_id[ELF_BUILD_ID_MAX], id[ELF_BUILD_ID_MAX];
	struct elf_file *elf;
	int status = 0;

	if (elf_file_open(path, &elf))
		return -1;
	if (!elf_file_build_id(elf, installed_id) || !elf_file_build_id(obj->elf, id) ||
	    strcmp(installed_id, id) != 0) {
		error("'%s' and '%s' are not of one build: their build-ids differ or are not there",
		      obj->path, path);
		status = -1;
	}
	elf_file_close(elf);
	return status;
}

/* Positions count in the installed module: its debug file must be of the same build. */
static int check_installed(const struct objects *o, const struct object *obj)
{
	struct module_list all = {0};
	const char *path;
	int status = 0;

	if (!o->files->installed)
		return 0;
	path = module_file(o->files, o->files->installed, obj->name, &all);
	if (path && strcmp(path, obj->path) != 0)
		status = compare_builds(obj, path);
	if (!path && all.n && !module_given(o->files, obj->name))
		status = module_refuse_several(o->files->installed, obj->name, &all);
	module_list_free(&all);
	return status;
}

/* One that was made for another kernel has other symbols, or the same ones elsewhere. */
static int check_vermagic(const struct objects *o, const struct object *obj)
{
	const char *want = target_vermagic(o->target), *has = modinfo_first(obj->elf, "vermagic");

	switch (want ? modinfo_compare_vermagic(obj->elf, want) : VERMAGIC_SAME) {
	case VERMAGIC_OTHER:
		error("'%s' was made for another kernel\n"
		      "  the module has '%s'\n"
		      "  the kernel has '%s'\n"
		      "  name the one that was made for this kernel",
		      obj->path, has, want);
		return -1;
	case VERMAGIC_OTHER_RELEASE:
		warning("'%s' was made for the kernel %.*s: see to it that %.*s loads just this file",
			obj->path, (int)strcspn(has, " "), has, (int)strcspn(want, " "), want);
		break;
	case VERMAGIC_SAME:
		break;
	}
	return 0;
}

static int read_module(const struct objects *o, struct object *obj)
{
	if (elf_file_open(obj->path, &obj->elf))
		return -1;
	if (obj->elf->ehdr.e_type != ET_REL ||
	    obj->elf->ehdr.e_machine != o->target->vmlinux->ehdr.e_machine) {
		error("'%s': no module of this kernel's architecture", obj->path);
		return -1;
	}
	if (check_vermagic(o, obj))
		return -1;
	if (kallsyms_read_module(&obj->own, obj->elf) ||
	    traced_read_module(&obj->traced, obj->elf, o->target->arch, o->target->traced_padding))
		return -1;
	if (o->symbols_only)
		return 0;
	if (check_installed(o, obj))
		return -1;
	return dwarf_file_present(obj->elf) ? dwarf_file_open(obj->elf, &obj->dwarf) : 0;
}

/* What is wrong with a module is said once, and it stays wrong. */
static int known_object(struct object *obj, struct object **ret)
{
	if (!obj->broken)
		*ret = obj;
	return obj->broken ? -1 : 0;
}

static int open_module(struct objects *o, const char *path, struct object **ret)
{
	char *name = module_name(path);
	struct object *obj;

	for (size_t i = 1; i < o->n; i++) {
		if (!strcmp(o->obj[i]->path, path)) {
			free(name);
			return known_object(o->obj[i], ret);
		}
	}
	obj = add_object(o, name);
	free(name);
	obj->path = xstrdup(path);
	obj->module = true;
	/* All names that the patch knows of; the map stays vmlinux's. */
	obj->own.wanted = o->target->kallsyms.wanted;
	obj->symbols = &obj->own;
	if (read_module(o, obj)) {
		obj->broken = true;
		return -1;
	}
	*ret = obj;
	return 0;
}

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

/* Among the modules; *ret stays as it is when none has it. */
static int search_modules(struct objects *o, const char *tag, find_units *find,
			  struct unit_query *query, struct object **ret)
{
	struct module_list given = {0}, near = {0}, all = {0};
	const char *found = NULL;
	int status;

	/* What the user has named is meant, even where the kernel has a module of that source. */
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
		status = open_module(o, found, ret);
	if (!status && found)
		status = find((*ret)->dwarf, query);
	module_list_free(&given);
	module_list_free(&near);
	module_list_free(&all);
	return status;
}

int objects_by_source(struct objects *o, const char *tag, struct unit_query *query,
		      struct object **ret)
{
	struct object *vmlinux = o->obj[0];
	int status;

	*ret = NULL;
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

int objects_by_name(struct objects *o, const char *name, struct object **ret)
{
	char *path;
	int status;

	*ret = NULL;
	for (size_t i = 0; i < o->n; i++) {
		if (!strcmp(o->obj[i]->name, name))
			return known_object(o->obj[i], ret);
	}
	if (module_find(o->files, o->symbols_only, name, &path))
		return -1;
	if (!path)
		return 0;
	status = open_module(o, path, ret);
	free(path);
	return status;
}

/* The module that exports what an undefined symbol asks for; NULL: none, or vmlinux. */
static const char *exporter(const struct objects *o, const struct elf_symbol *s)
{
	const struct symver *export = NULL;

	if (s->sym.st_shndx == SHN_UNDEF && s->name[0])
		export = symvers_find(&o->target->symvers, s->name);
	return export && !symver_in_vmlinux(export) ? export->owner : NULL;
}

/* seen: whose exports have been met, as damaged modules may need each other. */
static int imports_lead(struct objects *o, const struct object *module, const struct object *other,
			struct strmap *seen)
{
	int needs = module == other;

	for (size_t i = 1; i < module->elf->symnum && !needs; i++) {
		struct elf_symbol s;
		struct object *next;
		const char *owner;
		char *name;

		elf_file_symbol(module->elf, i, &s);
		owner = exporter(o, &s);
		if (!owner || strmap_get(seen, owner))
			continue;
		strmap_add(seen, owner, 1);
		name = module_name(owner);
		if (objects_by_name(o, name, &next))
			needs = -1;
		else if (next)
			needs = imports_lead(o, next, other, seen);
		free(name);
	}
	return needs;
}

int objects_need(struct objects *o, const struct object *module, const struct object *other)
{
	struct strmap seen = {0};
	int needs = imports_lead(o, module, other, &seen);

	strmap_free(&seen);
	return needs;
}

const struct sites *object_traced(const struct objects *o, const struct object *obj)
{
	return obj->module ? &obj->traced : &o->target->traced;
}

const char *object_refusal(const struct objects *o, const struct object *obj,
			   const struct ksym *sym)
{
	if (sym->elf_type != STT_FUNC)
		return "not a function";
	if (sym->init)
		return "in init memory, which the kernel frees";
	if (sym->unsettled)
		return "its position is made uncertain " KSYM_UNSETTLED;
	if (sym->size == 0)
		return "it has no size";
	if (o->target->jump.used)
		return jump_refusal(&o->target->jump, obj->elf, sym);
	return traced_refusal(object_traced(o, obj), sym);
}

const char *object_unknown(const struct objects *o, const struct object *obj)
{
	if (o->target->jump.used)
		return o->target->jump.size ? NULL : "does not tell how much a jump overwrites";
	return object_traced(o, obj)->known ? NULL : "has no table of traced functions";
}

int objects_landing(struct objects *o, const struct object *obj, const struct ksym *sym,
		    const char **why)
{
	const struct arch *arch = o->target->arch;

	*why = NULL;
	if (!landing_required(o->target->vmlinux, arch))
		return 0;
	for (size_t i = 0; i < o->n; i++) {
		struct object *own = o->obj[i];

		if (own != obj)
			continue;
		if (!own->sealed_read) {
			own->sealed_read = true;
			if (landing_read(&own->sealed, obj->elf, arch))
				return -1;
		}
		*why = landing_refusal(&own->sealed, obj->elf, arch, sym);
	}
	return 0;
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
			sites_free(&obj->traced);
		}
		sites_free(&obj->sealed);
		free(obj->path);
		free(obj->name);
		free(obj);
	}
	free(o->obj);
}
