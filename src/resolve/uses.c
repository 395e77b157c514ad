// SPDX-License-Identifier: GPL-2.0-only
/* From names to decisions, and what follows from them: see resolve/uses.h. */
#include "resolve/uses.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/output.h"
#include "base/util.h"
#include "elf/modinfo.h"
#include "klp/format.h"
#include "klp/module_name.h"
#include "resolve/own_names.h"

/*
 * An export in a namespace is for those that import it: kernel/module/main.c,
 * verify_namespace_is_imported(). modpost would report it too, but without a line, and also for
 * names that become livepatch symbols; klpmake has it ignore them (KBUILD_NSDEPS).
 */
static int check_import(const struct patch_module *m, const struct object_file *file,
			const char *name, const struct symver *export)
{
	char *quoted = xasprintf("\"%s\"", export->ns);
	bool imported = !export->ns[0], as_string = false;
	const char *ns;
	size_t pos = 0;

	while ((ns = modinfo_next(m->elf, "import_ns", &pos)) != NULL) {
		imported |= !strcmp(ns, export->ns);
		as_string |= !strcmp(ns, quoted);
	}
	free(quoted);
	if (!imported)
		error("%s: '%s' is exported in the namespace '%s', which the patch does not import: "
		      "the kernel would refuse to load it%s\n"
		      "  add MODULE_INFO(import_ns, \"%s\"); to one of its files: that is what "
		      "MODULE_IMPORT_NS() stands for",
		      source_place(&file->source, name), name, export->ns,
		      as_string ? " (MODULE_IMPORT_NS() of this kernel takes a name, not a string)"
				: "",
		      export->ns);
	return imported ? 0 : -1;
}

/* A function whose address is taken will be called through it. */
static void check_landing(const struct resolver *r, const struct object_file *file,
			  const struct use *use, const struct resolved *found)
{
	const char *why;

	if (!use->taken || found->how != RESOLVED_LIVEPATCH ||
	    objects_landing(r->objects, found->owner, found->sym, &why) || !why)
		return;
	error("%s: the address of '%s' is taken, but a call of it through a pointer faults on this "
	      "kernel (IBT): %s; call it by its name, or take the address of a function of yours "
	      "that does",
	      source_place(&file->source, use->is.name), use->is.name, why);
}

/*
 * Does the module define what is meant? What is asked for by its object, file or function is the
 * kernel's, such as the struct module of another one.
 */
static bool is_own(const struct patch_module *m, const struct use *use)
{
	return use->is.kind == NAME_PLAIN && patch_module_defines(m, use->is.name);
}

void decide_uses(const struct resolver *r, const struct modules *mods, const struct scopes *scopes,
		 struct decisions *ret)
{
	for (size_t i = 0; i < mods->n; i++) {
		const struct patch_module *m = &mods->m[i];

		for (size_t f = 0; f < m->n; f++) {
			const struct object_file *file = &m->file[f];
			const struct scope *tagged = scopes_find(scopes, &file->source);

			own_data_check(r->objects, file, tagged);
			for (size_t u = 0; u < file->n; u++) {
				const struct use *use = &file->use[u];
				const struct scope *scope = tagged;
				const struct object_file *own =
					patch_module_definer(m, use->is.name, file);
				struct resolved found;

				if (use->is.kind == NAME_OF_FILE)
					scope = scopes_find_file(scopes, use->is.file);
				if (own)
					own_name_check(file, scope, use->is.name, own);
				if (own || is_own(m, use))
					continue;
				found = resolve_use(r, &file->source, scope, use);
				if (found.how == RESOLVED_EXPORT &&
				    check_import(m, file, use->is.name, found.export))
					found = resolved_refused;
				check_landing(r, file, use, &found);
				GROW(ret->d, ret->n, ret->cap);
				ret->d[ret->n++] = (struct decision){m, file, use, found};
			}
		}
	}
}

/* Does another object of the module mean something else by the same name? */
static bool in_conflict(const struct decisions *all, const struct decision *d)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct decision *o = &all->d[i];

		if (o->module == d->module && !strcmp(o->use->is.base, d->use->is.base) &&
		    !resolved_same(&o->found, &d->found))
			return true;
	}
	return false;
}

/*
 * One name, two symbols: the linker would merge them. Each livepatch one gets a name of its own,
 * the same in each object file that means it. It gets its old name back when there is no conflict
 * any more, so that the module does not depend on what was compiled when.
 */
static char *name_for_link(const struct decisions *all, const struct decision *d)
{
	const struct object *gate = d->found.gate, *owner = d->found.owner;

	if (!in_conflict(all, d))
		return xstrdup(d->use->is.base);
	return xasprintf("%s" ASM_NAME_RENAMED "%s%s%s.%zu", d->use->is.base,
			 gate == owner ? "" : gate->name, gate == owner ? "" : ".", owner->name,
			 d->found.position);
}

int write_renames(const struct decisions *all, const char *path)
{
	struct output out;

	if (path && output_begin(&out, path))
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		const struct decision *d = &all->d[i];
		const char *old = d->use->link_name;
		CLEANUP_FREE char *name = NULL;

		if (d->found.how != RESOLVED_LIVEPATCH)
			continue;
		name = name_for_link(all, d);
		if (path && strcmp(old, name) != 0)
			fprintf(out.stream, "%s %s %s\n", d->file->path, old, name);
		if (!path && strcmp(old, name) != 0 && !strcmp(old, d->use->is.base)) {
			error("%s: '%s' means another symbol in another file of the patch: only "
			      "--renames can keep them apart",
			      source_place(&d->file->source, d->use->is.name), d->use->is.name);
			return -1;
		}
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

void add_symbols(const struct decisions *all, struct symtable *table)
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
		s->name = xstrdup(d->found.sym->name);
		s->position = d->found.position;
		/* Of a module: where it lies in its section. */
		s->addr =
			d->found.owner->module ? (uint32_t)d->found.sym->addr : d->found.sym->addr;
		s->type = d->found.sym->type;
		s->source = place_of(&d->found);
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
void decide_depends(const struct modules *mods, const struct decisions *all, struct symtable *table)
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
