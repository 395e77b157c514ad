// SPDX-License-Identifier: GPL-2.0-only
/* What is true of programs and libraries for resolve/: see binary/rules.h. */
#include "binary/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "klp/format.h"

static struct binary_objects *of(const struct objects *o)
{
	return (struct binary_objects *)((uintptr_t)o - offsetof(struct binary_objects, objects));
}

struct binary *binary_of(const struct binary_objects *o, const struct object *object)
{
	for (size_t i = 0; i < o->all->n; i++) {
		if (o->all->b[i]->debug_path && !strcmp(o->all->b[i]->debug_path, object->path))
			return o->all->b[i];
	}
	program_error("no binary of '%s'", object->path);
}

/* A library: objects_open() has opened its debug file once more, which costs nothing. */
static int open_library(struct objects *o, struct object *obj)
{
	free(obj->name);
	obj->name = xstrdup(binary_of(of(o), obj)->name);
	obj->own.program = true;
	obj->code = binary_of(of(o), obj)->elf;
	return kallsyms_read(&obj->own, obj->elf);
}

static void close_object(struct object *obj)
{
	(void)obj;
}

static int find_library(const struct objects *o, const char *name, char **path)
{
	const struct binaries *all = of(o)->all;
	struct binary *b = binaries_named(all, name);

	*path = NULL;
	if (!b || b == all->b[0])
		return 0;
	if (binaries_read_debug(all, b))
		return -1;
	*path = xstrdup(b->debug_path);
	return 0;
}

/* A SONAME is whatever it is. */
static char *name_meant(const char *name)
{
	(void)name;
	return NULL;
}

/* Only objects that the patch names are looked through: a library's debug file may be large. */
static int by_source(struct objects *o, const char *tag, struct unit_query *query,
		     struct object **ret)
{
	for (size_t i = 0; i < o->n; i++) {
		struct unit_query q = {.path = tag};
		int status = o->obj[i]->broken ? -1 : 0;

		if (i > 0 && !status)
			status = units_find(o->obj[i]->dwarf, &q, 1);
		if (!q.n && !status)
			status = units_including(o->obj[i]->dwarf, &q);
		if (status) {
			units_free(&q, 1);
			return -1;
		}
		if (q.n && *ret) {
			error("'%s' is a source file of '%s' and of '%s': write more of its path "
			      "into the tag",
			      tag, (*ret)->name, o->obj[i]->name);
			units_free(&q, 1);
			return -1;
		}
		if (q.n) {
			*query = q;
			*ret = o->obj[i];
		} else {
			units_free(&q, 1);
		}
	}
	return 0;
}

/* Those that are read are what the target needs. */
static int need(struct objects *o, const struct object *object, const struct object *other)
{
	return other == o->obj[0] ? object == other : 1;
}

static const char *refusal(const struct objects *o, const struct object *obj,
			   const struct ksym *sym)
{
	(void)o;
	(void)obj;
	if (sym->elf_type == STT_GNU_IFUNC)
		return "an IFUNC: patch the function that its resolver chooses";
	if (sym->elf_type != STT_FUNC)
		return "not a function";
	return sym->size ? NULL : "it has no size";
}

/* Programs are not compiled for a kernel that would take away landing pads. */
static int landing(struct objects *o, const struct object *obj, const struct ksym *sym,
		   const char **why)
{
	(void)o;
	(void)obj;
	(void)sym;
	(void)why;
	return 0;
}

static const char *searched(const struct objects *o)
{
	return o->n > 1 ? ", nor of the libraries that the patch names" : "";
}

/* The linker makes it, and each file has its own. */
static bool ignores(const struct objects *o, const char *name)
{
	(void)o;
	return !strcmp(name, "_GLOBAL_OFFSET_TABLE_");
}

static bool applies(const struct objects *o, const struct arch_reloc *r)
{
	(void)o;
	(void)r;
	return true;
}

static bool explain_nothing(const struct objects *o, const char *name)
{
	(void)o;
	(void)name;
	return false;
}

static const struct rules binary_rules = {
	.whole = "program",
	.first = "program",
	.open = open_library,
	.close = close_object,
	.find = find_library,
	.meant = name_meant,
	.by_source = by_source,
	.need = need,
	.refusal = refusal,
	.landing = landing,
	.searched = searched,
	.ignores = ignores,
	.position = kallsyms_position,
	.applies = applies,
	.explain = explain_nothing,
};

bool binary_exporter(const struct binaries *all, const char *name, struct binary **owner,
		     const struct dynamic_symbol **symbol)
{
	for (size_t i = 0; i < all->n; i++) {
		*owner = all->b[i];
		*symbol = binary_export(all->b[i], name);
		if (*symbol)
			return true;
	}
	return false;
}

/*
 * What is exported to everybody: as what vmlinux exports to its modules. What the target defines
 * itself is not asked for in that way.
 */
static void read_exports(struct binary_objects *o)
{
	const struct strmap *wanted = &o->symbols.wanted;

	for (size_t i = 0; i < wanted->slots; i++) {
		const char *name = wanted->slot[i].key;
		const struct dynamic_symbol *symbol;
		const struct ksym *all;
		struct symver *export;
		struct binary *owner;
		size_t count;

		if (!name)
			continue;
		all = kallsyms_find(&o->symbols, name, &count);
		if (kallsyms_global(all, count) || !binary_exporter(o->all, name, &owner, &symbol))
			continue;
		GROW(o->exports.sym, o->exports.n, o->exports.cap);
		export = &o->exports.sym[o->exports.n];
		*export = (struct symver){.name = symbol->name, .owner = KLP_VMLINUX, .ns = ""};
		strmap_add(&o->exports.index, name, o->exports.n++);
	}
}

int binary_objects_begin(struct binary_objects *o, struct binaries *all)
{
	struct binary *target = all->b[0];

	o->all = all;
	o->symbols.program = true;
	if (binaries_read_debug(all, target) || kallsyms_read(&o->symbols, target->debug))
		return -1;
	read_exports(o);
	o->objects.rules = &binary_rules;
	o->objects.arch = target->arch;
	o->objects.exports = &o->exports;
	objects_begin(&o->objects, target->name, target->debug, &o->symbols);
	o->objects.obj[0]->code = target->elf;
	return dwarf_file_open(target->debug, &o->objects.obj[0]->dwarf);
}

void binary_objects_close(struct binary_objects *o)
{
	if (o->objects.rules)
		objects_close(&o->objects);
	kallsyms_free(&o->symbols);
	symvers_free(&o->exports);
}
