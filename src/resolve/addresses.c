// SPDX-License-Identifier: GPL-2.0-only
/* Addresses of new functions become those of the old ones: see resolve/addresses.h. */
#include "resolve/addresses.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "patch/taken.h"

/* A place that takes the address of a new function, and the function or variable that it is in. */
struct taker {
	const struct patch_module *module;
	const struct taken *taken;
	const char *section;
	struct elf_symbol symbol; /* the function or variable that the place is in */
	char *name;		  /* of that, or of the section */
	const struct source *source;
	const char *mention; /* what stands in there where messages point to */
};

/* The file that a symbol of the linked module comes from, as far as its symbols tell. */
static const struct source *source_of(const struct patch_module *m, const struct elf_symbol *s,
				      const char *file)
{
	static const struct source nowhere = {.path = "the patch"};
	bool local = GELF_ST_BIND(s->sym.st_info) == STB_LOCAL;
	const struct object_file *definer = local ? NULL : patch_module_definer(m, s->name, NULL);

	for (size_t i = 0; i < m->n && local && file && !definer; i++) {
		if (source_path_fits(m->file[i].source.path, file))
			definer = &m->file[i];
	}
	return definer ? &definer->source : &nowhere;
}

/* The name in the source of what the compiler calls "name.constprop.0" or "name.3". */
static char *name_in_source(const char *name)
{
	char *copy = xstrdup(name);

	copy[1 + strcspn(copy + 1, ".")] = '\0';
	return copy;
}

static void find_taker(struct taker *t, const struct patch_module *m, const struct taken *taken)
{
	const struct reloc *at = taken->at;
	struct elf_symbol new_function = {.name = ""};
	const char *file = NULL;

	memset(t, 0, sizeof(*t));
	t->module = m;
	t->taken = taken;
	t->section = m->elf->sec[at->section].name;
	if (elf_file_symbol_at(m->elf, at->section, at->offset, &t->symbol, &file)) {
		t->name = name_in_source(t->symbol.name);
		t->source = source_of(m, &t->symbol, file);
		t->mention = t->name;
		return;
	}
	elf_file_symbol_at(m->elf, taken->func->new_section, taken->func->new_offset, &new_function,
			   &file);
	t->name = xstrdup(t->section);
	t->source = source_of(m, &new_function, file);
	t->mention = taken->func->new_name;
}

/* The one function that a new function replaces; two are an error. */
static const struct replacement *find_old(const struct replacements *all, const struct taker *t)
{
	const struct patch_func *func = t->taken->func;
	const struct replacement *old = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct replacement *r = &all->r[i];

		if (r->module != t->module || r->func->new_section != func->new_section ||
		    r->func->new_offset != func->new_offset)
			continue;
		if (old && old->old.sym != r->old.sym) {
			error("%s: '%s' takes the address of '%s', which replaces '%s' of '%s' and "
			      "'%s' of '%s': write a new function for each, to make clear which is "
			      "meant",
			      source_place(t->source, t->mention), t->name, func->new_name,
			      old->func->old_name, old->old.owner->name, r->func->old_name,
			      r->old.owner->name);
			return NULL;
		}
		old = r;
	}
	return old;
}

/*
 * A function of a module has an address only while that is there. Code that replaces a function of
 * another object may run without it.
 */
static int check_presence(const struct resolver *r, const struct replacements *all,
			  const struct taker *t, const struct object *owner)
{
	for (size_t i = 0; i < all->n && owner->module; i++) {
		const struct replacement *other = &all->r[i];
		int needs = 0;

		if (other->module != t->module || t->symbol.shndx != other->func->new_section ||
		    t->symbol.sym.st_value != other->func->new_offset)
			continue;
		if (other->old.owner->module)
			needs = objects_need(r->objects, other->old.owner, owner);
		if (needs == 0)
			error("%s: '%s' takes the address of '%s', which replaces a function of "
			      "the module '%s', and replaces one of '%s' itself: it may run when "
			      "'%s' is not loaded; take the address where '%s' is patched",
			      source_place(t->source, t->mention), t->name,
			      t->taken->func->new_name, owner->name, other->old.owner->name,
			      owner->name, owner->name);
		if (needs <= 0)
			return -1;
	}
	return 0;
}

static int check_call(const struct resolver *r, const struct taker *t, const struct resolved *old)
{
	const char *why;

	if (objects_landing(r->objects, old->owner, old->sym, &why))
		return -1;
	if (!why)
		return 0;
	error("%s: '%s' takes the address of '%s', which becomes that of '%s', because the patch "
	      "may be removed; but a call of that through a pointer faults on this kernel (IBT): "
	      "%s; take the address of another function of yours that calls '%s', and make sure "
	      "that nobody has it any more when the patch is removed",
	      source_place(t->source, t->mention), t->name, t->taken->func->new_name,
	      old->sym->name, why, t->taken->func->new_name);
	return -1;
}

static int decide_address(const struct resolver *r, const struct replacements *replaced,
			  const struct taker *t, struct symtable *table)
{
	const struct replacement *old = find_old(replaced, t);
	struct table_address *a;

	/* Errors have told where there is none. */
	if (!old || check_presence(r, replaced, t, old->old.owner) || check_call(r, t, &old->old))
		return -1;
	if (patch_module_name_section(t->module, t->taken->at->section,
				      source_place(t->source, t->mention), t->name))
		return -1;
	a = symtable_add_address(table);
	a->module = xstrdup(t->module->name);
	a->section = xstrdup(t->section);
	a->offset = t->taken->at->offset;
	a->object = xstrdup(old->old.owner->name);
	a->name = xstrdup(old->old.sym->name);
	a->position = old->old.position;
	a->addend = t->taken->addend;
	a->new_name = xstrdup(old->func->new_name[0] ? old->func->new_name : "-");
	return 0;
}

static void decide_module(const struct resolver *r, const struct patch_module *m,
			  const struct replacements *replaced, struct symtable *table)
{
	struct taken *taken;
	size_t n = taken_new_functions(m->elf, r->objects->arch, &m->relocs, &m->layout,
				       &m->patches, &taken);
	const struct patch_func *refused = NULL;
	const char *where = NULL;

	for (size_t i = 0; i < n; i++) {
		struct taker t;

		if (!taken_section(&m->elf->sec[taken[i].at->section]))
			continue;
		find_taker(&t, m, &taken[i]);
		/* Each fault is reported once for each function that has it. */
		if ((refused != taken[i].func || where != t.symbol.name) &&
		    decide_address(r, replaced, &t, table)) {
			refused = taken[i].func;
			where = t.symbol.name;
		}
		free(t.name);
	}
	free(taken);
}

void decide_addresses(const struct resolver *r, const struct modules *mods,
		      const struct replacements *replaced, struct symtable *table)
{
	for (size_t i = 0; i < mods->n; i++)
		decide_module(r, &mods->m[i], replaced, table);
}
