// SPDX-License-Identifier: GPL-2.0-only
/* Why a name cannot be resolved: see resolve/refusal.h. */
#include "resolve/refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/util.h"
#include "dwarf/locate.h"
#include "klp/format.h"
#include "resolve/vanished.h"
#include "symbols/syscalls.h"

#define CLONES_MAX 8

struct clone_search {
	const struct def *def;
	struct ksym clone[CLONES_MAX]; /* the first ones */
	size_t n;
};

static void match_clone(const struct ksym *sym, void *arg)
{
	struct clone_search *c = arg;
	bool is = false;

	for (size_t i = 0; i < c->def->addrs; i++)
		is |= ksym_is_at(sym, c->def->addr[i]) && str_starts(sym->name, c->def->name) &&
		      sym->name[strlen(c->def->name)] == '.';
	if (is && c->n < CLONES_MAX)
		c->clone[c->n++] = *sym;
}

/* What can be patched instead, when the name is one of a system call's that cannot. */
static bool print_entries(const struct objects *objects, const char *name)
{
	char *entries = syscall_entries(objects->obj[0]->elf, name);
	bool found = entries != NULL;

	if (found)
		message_more("  %s\n", entries);
	free(entries);
	return found;
}

void report_vanished(const struct objects *objects, const struct source *source,
		     const struct scope *scope, const struct def *def, bool to_replace)
{
	const char *way_out = to_replace ? "patch the functions that it went into; it is defined at"
					 : "copy the function from";
	struct clone_search clone = {.def = def};
	char place[512];

	def_place(scope->object->dwarf, def, place, sizeof(place));
	kallsyms_each(scope->object->elf, match_clone, &clone);
	if (clone.n)
		error("%s: '%s' exists in %s only as '%s', whose arguments the compiler may have "
		      "changed: %s %s",
		      source_place(source, def->name), def->name, scope->tag, clone.clone[0].name,
		      to_replace ? "patch its callers; it is defined at" : way_out, place);
	else if (def->function && def->inlined)
		error("%s: '%s' is inlined everywhere in %s and has no code of its own: %s %s",
		      source_place(source, def->name), def->name, scope->tag, way_out, place);
	else if (def->function)
		error("%s: '%s' was optimised away in %s, nothing calls it there: %s %s",
		      source_place(source, def->name), def->name, scope->tag,
		      to_replace ? "there is nothing to patch; it is defined at" : way_out, place);
	else
		error("%s: '%s' was optimised away in %s and lies nowhere in memory: copy it from "
		      "%s if it is a constant, else do without, as the %s does",
		      source_place(source, def->name), def->name, scope->tag, place,
		      objects->rules->whole);
	if (to_replace && !print_entries(objects, def->name) && def->inlined)
		print_inlined_into(objects, scope->object, def);
	for (size_t i = 0; to_replace && i < clone.n; i++)
		print_callers(objects, scope->object, &clone.clone[i]);
	if (!to_replace && def->function)
		print_needs(objects, source, scope, def);
}

void report_twice(const struct source *source, const struct scope *scope, const char *name,
		  const char *way_out, const struct ksym *all, size_t count)
{
	error("%s: '%s' has more than one definition in %s, which is compiled %zu times: %s",
	      source_place(source, name), name, scope->tag, scope->query.n, way_out);
	print_candidates(scope->object->elf, scope->object->dwarf, all, count);
	for (size_t i = 0; i < scope->query.n; i++)
		message_more("  compile unit at .debug_info offset 0x%llx: %s\n",
			     (unsigned long long)scope->query.unit[i].die,
			     scope->query.unit[i].name);
}

static void offer(const struct ksym *sym, void *arg)
{
	if (sym->type == 't' || sym->type == 'T' || sym->type == 'd' || sym->type == 'D' ||
	    sym->type == 'b' || sym->type == 'B' || sym->type == 'r' || sym->type == 'R')
		near_offer(arg, sym->name);
}

/* FILE may be the object file's name: an assembler that was given no other name writes that. */
static bool is_file_of(const struct scope *scope, const char *file)
{
	for (size_t u = 0; file && u < scope->query.n; u++) {
		if (source_path_fits(scope->query.unit[u].name, file))
			return true;
	}
	return false;
}

/* Does debug information say that another unit has it? */
static bool is_of_another_unit(const struct scope *scope, const struct location *l)
{
	bool another = l->unit[0] != '\0';

	for (size_t u = 0; u < scope->query.n; u++)
		another &= strcmp(scope->query.unit[u].name, l->unit) != 0;
	return another;
}

static void refuse_unnamed(const struct source *source, const struct scope *scope, const char *name,
			   const struct ksym *all, size_t count)
{
	error("%s: '%s' is a symbol of %s of which its debug information knows nothing (made by "
	      "the compiler, or written in assembler), so nothing says whose it is; copy what it "
	      "stands for",
	      source_place(source, name), name, scope->tag);
	print_candidates(scope->object->elf, scope->object->dwarf, all, count);
}

bool report_local(const struct source *source, const struct scope *scope, const char *name,
		  const struct ksym *all, size_t count)
{
	bool any = false, unnamed = false;
	struct location *at;

	for (size_t i = 0; scope && i < count; i++)
		any |= is_file_of(scope, all[i].file);
	if (!any)
		return false;
	at = xcalloc(count, sizeof(*at));
	if (locate(scope->object->dwarf, all, count, at))
		unnamed = true;
	for (size_t i = 0; i < count; i++)
		unnamed |= is_file_of(scope, all[i].file) && !is_of_another_unit(scope, &at[i]);
	free(at);
	if (unnamed)
		refuse_unnamed(source, scope, name, all, count);
	return unnamed;
}

/* The object that has statics of that name: the object itself, or else vmlinux; NULL: none. */
static const struct object *find_statics(const struct objects *objects, const struct object *object,
					 const char *name, const struct ksym **all, size_t *count)
{
	*all = kallsyms_find(object->symbols, name, count);
	if (!*count && object->module) {
		object = objects->obj[0];
		*all = kallsyms_find(object->symbols, name, count);
	}
	return *count ? object : NULL;
}

bool is_static_elsewhere(const struct objects *objects, const struct object *object,
			 const char *name)
{
	const struct ksym *all;
	size_t count;

	return find_statics(objects, object, name, &all, &count) != NULL;
}

static void report_static(const struct objects *objects, const struct source *source,
			  const struct scope *scope, const char *name, bool weak,
			  const struct object *owner, const struct ksym *all, size_t count)
{
	const char *place = source_place(source, name);
	const char *zero = weak ? " (the weak reference would be zero: if you want that, give it "
				  "another name)"
				: "";

	if (!scope)
		error("%s: '%s' is static in the %s, and %s has no //KLPMAKE tag to say in "
		      "which file: tag it with one of%s",
		      place, name, objects->rules->whole, source->path, zero);
	else
		error("%s: '%s' is not in %s (the file that %s is tagged with), but static "
		      "elsewhere: put what needs it into a file with that tag%s",
		      place, name, scope->tag, source->path, zero);
	print_candidates(owner->elf, owner->dwarf, all, count);
}

void report_unknown(const struct objects *objects, const struct source *source,
		    const struct scope *scope, const struct object *object, const char *name,
		    const struct use *use)
{
	struct near near = {.wanted = name};
	const char *place = source_place(source, name);
	const struct object *owner;
	const struct ksym *all;
	size_t count;

	owner = use ? find_statics(objects, object, name, &all, &count) : NULL;
	if (owner) {
		report_static(objects, source, scope, name, use->weak, owner, all, count);
		return;
	}
	if (scope)
		error("%s: '%s' is neither in %s nor a global symbol of this %s", place, name,
		      scope->tag, objects->rules->whole);
	else
		error("%s: '%s' is not a global symbol of this %s, and %s has no //KLPMAKE tag "
		      "to look further",
		      place, name, objects->rules->whole, source->path);
	if (print_entries(objects, name) || objects->rules->explain(objects, name))
		return;
	kallsyms_each(object->elf, offer, &near);
	if (object->module)
		kallsyms_each(objects->obj[0]->elf, offer, &near);
	near_print(&near, "  near names: ");
}
