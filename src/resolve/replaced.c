// SPDX-License-Identifier: GPL-2.0-only
/* The functions that a patch replaces: see resolve/replaced.h. */
#include "resolve/replaced.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "klp/format.h"

/* Is this the object file with the new function, as far as the linked module's symbols tell? */
static bool has_new_function(const struct object_file *file, const struct patch_func *func)
{
	return object_file_defines_function(file, func->new_name, func->new_global) &&
	       (!func->new_file || source_path_fits(file->source.path, func->new_file));
}

/* The line of the table that has klplink fill in the position of a replaced function. */
static void add_sympos(const struct patch_module *m, const struct patch_func *func, size_t position,
		       struct symtable *table)
{
	struct elf_symbol array = {.name = func->old_name};
	struct table_sympos *s;
	const char *file;

	elf_file_symbol_at(m->elf, func->section, func->sympos_offset, &array, &file);
	if (patch_module_name_section(m, func->section, m->name, array.name))
		return;
	s = symtable_add_sympos(table);
	s->module = xstrdup(m->name);
	s->section = xstrdup(m->elf->sec[func->section].name);
	s->offset = func->sympos_offset;
	s->position = position;
	s->name = xstrdup(func->old_name);
}

/*
 * The file for messages about a replaced function: they point at its .old_name, in the file of the
 * new function or wherever the description of the patch is, not at whatever has that name.
 */
static struct source entry_source(const struct patch_module *m, const struct patch_func *func,
				  const struct source *own)
{
	struct source ret = *own;

	for (size_t i = 0; i < m->n && !source_has_literal(&ret, func->old_name); i++) {
		if (source_has_literal(&m->file[i].source, func->old_name))
			ret = m->file[i].source;
	}
	ret.literals = true;
	return ret;
}

/*
 * The position of a replaced function follows from the tag of the file with its new function.
 * Static new functions of one name in files of one name (in two directories) have to agree.
 */
static void decide_function(const struct resolver *r, const struct patch_module *m,
			    const struct scopes *scopes, const struct object *object,
			    const struct patch_func *func, struct symtable *table,
			    struct replacements *ret)
{
	static const struct source nowhere = {.path = "the patch"};
	const struct source patch = entry_source(m, func, &nowhere);
	struct resolved found = {.how = RESOLVED_NONE};
	size_t position;

	for (size_t i = 0; i < m->n; i++) {
		const struct source *source = &m->file[i].source;
		struct source entry;
		struct resolved one;

		if (!has_new_function(&m->file[i], func))
			continue;
		entry = entry_source(m, func, source);
		one = resolve_old_function(r, &entry, scopes_find(scopes, source), object,
					   func->old_name, func->old_sympos);
		if (one.how == RESOLVED_REFUSED)
			return;
		if (found.how != RESOLVED_NONE && one.sym != found.sym) {
			error("%s: '%s' is the new function of '%s' in two files with different tags: "
			      "give them different names",
			      source->path, func->new_name, func->old_name);
			return;
		}
		found = one;
	}
	if (found.how == RESOLVED_NONE)
		found = resolve_old_function(r, &patch, NULL, object, func->old_name,
					     func->old_sympos);
	if (found.how != RESOLVED_LIVEPATCH)
		return;
	GROW(ret->r, ret->n, ret->cap);
	ret->r[ret->n++] = (struct replacement){m, func, found};
	position = func->old_sympos ? func->old_sympos : found.position;
	symtable_add_modinfo(
		table, m->name,
		xasprintf(KLP_INFO_PATCHED "=%s:%s,%zu", object->name, func->old_name, position));
	if (position != func->old_sympos)
		add_sympos(m, func, position, table);
}

/* The kernel compares .name with what a module is called when it is loaded. */
static int check_patched_name(const struct resolver *r, const struct patch_module *m,
			      const char *name)
{
	char *meant = r->objects->rules->meant(name);
	const char *place = m->name;

	if (!meant)
		return 0;
	for (size_t i = 0; i < m->n; i++) {
		if (source_line_of(&m->file[i].source, name))
			place = source_place(&m->file[i].source, name);
	}
	error("%s: no loaded module has the name '%s': write .name = \"%s\"", place, name, meant);
	free(meant);
	return -1;
}

/* The functions that a struct klp_object patches. A missing object is reported at once. */
static void decide_object(const struct resolver *r, const struct patch_module *m,
			  const struct scopes *scopes, const struct patch_object *patched,
			  struct symtable *table, struct replacements *ret)
{
	const char *name = patched->name ? patched->name : r->objects->obj[0]->name;
	struct object *object;

	if (patched->n == 0 || check_patched_name(r, m, name) ||
	    objects_by_name(r->objects, name, &object))
		return;
	if (!object) {
		error("%s: it patches the module '%s', but no file was found for it: give --module "
		      "FILE, or install its debug file",
		      m->name, name);
		return;
	}
	for (size_t f = 0; f < patched->n; f++) {
		if (patched->func[f].old_name[0])
			decide_function(r, m, scopes, object, &patched->func[f], table, ret);
	}
}

void decide_functions(const struct resolver *r, const struct modules *mods,
		      const struct scopes *scopes, struct symtable *table, struct replacements *ret)
{
	for (size_t i = 0; i < mods->n; i++) {
		const struct patches *p = &mods->m[i].patches;

		for (size_t j = 0; j < p->n; j++) {
			for (size_t o = 0; o < p->patch[j].n; o++)
				decide_object(r, &mods->m[i], scopes, &p->patch[j].obj[o], table,
					      ret);
		}
	}
}
