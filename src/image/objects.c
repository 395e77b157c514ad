// SPDX-License-Identifier: GPL-2.0-only
/* The objects that a patch leads to: see image/objects.h. */
#include "image/objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "klp/module_name.h"

static struct object *add_object(struct objects *o, const char *name)
{
	struct object *obj = xcalloc(1, sizeof(*obj));

	obj->name = xstrdup(name);
	GROW(o->obj, o->n, o->cap);
	o->obj[o->n++] = obj;
	return obj;
}

void objects_begin(struct objects *o, const char *name, struct elf_file *elf,
		   const struct kallsyms *symbols)
{
	struct object *obj = add_object(o, name);

	obj->path = xstrdup(elf->path);
	obj->elf = elf;
	obj->symbols = symbols;
}

/* What is wrong with a module is said only once. */
static int known_object(struct object *obj, struct object **ret)
{
	if (!obj->broken)
		*ret = obj;
	return obj->broken ? -1 : 0;
}

static int read_object(struct objects *o, struct object *obj)
{
	if (elf_file_open(obj->path, &obj->elf) || o->rules->open(o, obj))
		return -1;
	if (o->symbols_only || !dwarf_file_present(obj->elf))
		return 0;
	return dwarf_file_open(obj->elf, &obj->dwarf);
}

int objects_open(struct objects *o, const char *path, struct object **ret)
{
	CLEANUP_FREE char *name = module_name(path);
	struct object *obj;

	for (size_t i = 1; i < o->n; i++) {
		if (!strcmp(o->obj[i]->path, path))
			return known_object(o->obj[i], ret);
	}
	obj = add_object(o, name);
	obj->path = xstrdup(path);
	obj->module = true;
	/* All names that the patch asks for. */
	obj->own.like = o->obj[0]->symbols;
	obj->symbols = &obj->own;
	if (read_object(o, obj)) {
		obj->broken = true;
		return -1;
	}
	*ret = obj;
	return 0;
}

int objects_by_source(struct objects *o, const char *tag, struct unit_query *query,
		      struct object **ret)
{
	*ret = NULL;
	return o->rules->by_source(o, tag, query, ret);
}

int objects_by_name(struct objects *o, const char *name, struct object **ret)
{
	CLEANUP_FREE char *path = NULL;

	*ret = NULL;
	for (size_t i = 0; i < o->n; i++) {
		if (!strcmp(o->obj[i]->name, name))
			return known_object(o->obj[i], ret);
	}
	if (o->rules->find(o, name, &path))
		return -1;
	return path ? objects_open(o, path, ret) : 0;
}

int objects_need(struct objects *o, const struct object *object, const struct object *other)
{
	return o->rules->need(o, object, other);
}

const char *object_refusal(const struct objects *o, const struct object *obj,
			   const struct ksym *sym)
{
	return o->rules->refusal(o, obj, sym);
}

int objects_landing(struct objects *o, const struct object *obj, const struct ksym *sym,
		    const char **why)
{
	*why = NULL;
	return o->rules->landing(o, obj, sym, why);
}

void objects_close(struct objects *o)
{
	for (size_t i = 0; i < o->n; i++) {
		struct object *obj = o->obj[i];

		o->rules->close(obj);
		/* The first object's belong to the target. */
		if (!obj->module) {
			dwarf_file_leave(obj->dwarf);
		} else {
			dwarf_file_close(obj->dwarf);
			elf_file_close(obj->elf);
			kallsyms_free(&obj->own);
		}
		free(obj->path);
		free(obj->name);
		free(obj);
	}
	free(o->obj);
}
