// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel accepts, and what it does with its objects: see kernel/rules.h. */
#include "kernel/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "base/util.h"
#include "elf/modinfo.h"
#include "kernel/by_source.h"
#include "kernel/kernel.h"
#include "kernel/module_files.h"
#include "klp/format.h"
#include "klp/module_name.h"
#include "symbols/landing.h"
#include "symbols/traced.h"

struct object_facts {
	struct sites traced; /* of a module; vmlinux's are the target's */
	struct sites sealed; /* read when it is first asked for */
	bool sealed_read;
};

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

/* A module that was made for another kernel has other symbols, or the same ones elsewhere. */
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

static int open_module(struct objects *o, struct object *obj)
{
	const struct arch *arch = o->arch;

	obj->facts = xcalloc(1, sizeof(*obj->facts));
	if (obj->elf->ehdr.e_type != ET_REL ||
	    obj->elf->ehdr.e_machine != o->target->vmlinux->ehdr.e_machine) {
		error("'%s': not a module of this kernel's architecture", obj->path);
		return -1;
	}
	if (check_vermagic(o, obj))
		return -1;
	if (kallsyms_read_module(&obj->own, obj->elf) ||
	    traced_read_module(&obj->facts->traced, obj->elf, arch, o->target->traced_padding))
		return -1;
	return o->symbols_only ? 0 : check_installed(o, obj);
}

static void close_object(struct object *obj)
{
	if (!obj->facts)
		return;
	sites_free(&obj->facts->traced);
	sites_free(&obj->facts->sealed);
	free(obj->facts);
}

static int find_module(const struct objects *o, const char *name, char **path)
{
	return module_find(o->files, o->symbols_only, name, path);
}

/* The module that exports what an undefined symbol asks for; NULL: none, or vmlinux. */
static const char *exporter(const struct objects *o, const struct elf_symbol *s)
{
	const struct symver *export = NULL;

	if (s->sym.st_shndx == SHN_UNDEF && s->name[0])
		export = symvers_find(o->exports, s->name);
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

static int need(struct objects *o, const struct object *module, const struct object *other)
{
	struct strmap seen = {0};
	int needs = imports_lead(o, module, other, &seen);

	strmap_free(&seen);
	return needs;
}

const struct sites *object_traced(const struct objects *o, const struct object *obj)
{
	/* Of a module that could not be read. */
	static const struct sites unread;

	if (!obj->module)
		return &o->target->traced;
	return obj->facts ? &obj->facts->traced : &unread;
}

static const char *refusal(const struct objects *o, const struct object *obj,
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

static int landing(struct objects *o, const struct object *obj, const struct ksym *sym,
		   const char **why)
{
	struct object_facts *facts = obj->facts;

	if (!landing_required(o->target->vmlinux, o->arch))
		return 0;
	if (!facts->sealed_read) {
		facts->sealed_read = true;
		if (landing_read(&facts->sealed, obj->elf, o->arch))
			return -1;
	}
	*why = landing_refusal(&facts->sealed, obj->elf, o->arch, sym);
	return 0;
}

bool object_landing_unknown(const struct object *obj)
{
	return obj->facts && obj->facts->sealed_read && !obj->facts->sealed.known;
}

static const char *searched(const struct objects *o)
{
	return o->files->debug ? " or of a module" : ", and there are no modules' debug files";
}

/* kernel/module/main.c, ignore_undef_symbol() */
static bool ignores(const struct objects *o, const char *name)
{
	return o->arch->loader.ignored_undef && !strcmp(name, o->arch->loader.ignored_undef);
}

static bool applies(const struct objects *o, const struct arch_reloc *r)
{
	return target_applies(o->target, r);
}

/* It would start a livepatch of another kernel: says how this one is started. */
static bool explain_starter(const struct objects *o, const char *name)
{
	if (strcmp(name, KLP_ENABLE) != 0 && strcmp(name, KLP_REGISTER) != 0 &&
	    strcmp(name, KLP_UNREGISTER) != 0)
		return false;
	message_more("  this kernel takes a livepatch with %s(): KLP_START() and KLP_STOP() of "
		     "<klpmake.h> are for either\n",
		     target_starter(o->target));
	return true;
}

static const struct rules kernel_rules = {
	.whole = "kernel",
	.first = KLP_VMLINUX,
	.open = open_module,
	.close = close_object,
	.find = find_module,
	.meant = module_name_meant,
	.by_source = module_by_source,
	.need = need,
	.refusal = refusal,
	.landing = landing,
	.searched = searched,
	.ignores = ignores,
	.position = kallsyms_position,
	.applies = applies,
	.explain = explain_starter,
};

int kernel_objects(struct objects *o, struct target *target)
{
	struct object *vmlinux;

	o->rules = &kernel_rules;
	o->target = target;
	o->arch = target->arch;
	o->exports = &target->symvers;
	objects_begin(o, KLP_VMLINUX, target->vmlinux, &target->kallsyms);
	vmlinux = o->obj[0];
	vmlinux->facts = xcalloc(1, sizeof(*vmlinux->facts));
	return o->symbols_only ? 0 : dwarf_file_open(vmlinux->elf, &vmlinux->dwarf);
}
