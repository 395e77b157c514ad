// SPDX-License-Identifier: GPL-2.0-only
/* Names that a macro of <klpmake.h> made: see resolve/macro.h. */
#include "resolve/macro.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/locals.h"
#include "dwarf/locate.h"
#include "klp/format.h"
#include "klp/module_name.h"

static const struct ksym *symbol_at(const struct kallsyms *k, const struct asm_name *name,
				    uint64_t addr)
{
	for (size_t i = 0; i < k->n; i++) {
		if (k->sym[i].addr == addr && !k->sym[i].global &&
		    asm_name_is_local(name, k->sym[i].name))
			return &k->sym[i];
	}
	return NULL;
}

/* Why there is not just one: none, or several, which their lines tell apart. */
static void refuse_local(const char *place, const char *tag, const struct asm_name *name,
			 const struct local *found)
{
	bool lines = found->n > 1 && !name->line;

	error("%s: %s has %s static variable '%s' in a function '%s'%s", place, tag,
	      found->n > 1 ? "more than one" : "no", name->name, name->function,
	      lines		 ? ": name the one that is meant by the line of its declaration"
	      : found->n > 1	 ? ", all in that line: nothing says which one is meant"
	      : !found->declared ? ""
	      : found->n	 ? " that has a symbol"
				 : " that lies in memory (it is not static, or was optimised "
				   "away)");
	for (size_t i = 0; lines && i < found->n; i++)
		message_more("  KLP_STATIC_LOCAL_AT(%s, %s, %llu)\n", name->function, name->name,
			     (unsigned long long)found->line[i]);
}

struct resolved resolve_static_local(const struct objects *objects, const struct source *source,
				     const struct scope *scope, const struct asm_name *name)
{
	const char *place = source_place(source, name->name);
	const struct ksym *sym = NULL;
	struct local found = {.n = 0};

	if (!scope) {
		error("%s: '%s' is a static variable of '%s', but %s has no //KLPMAKE tag that "
		      "says in which file",
		      place, name->name, name->function, source->path);
		return resolved_refused;
	}
	for (size_t i = 0; i < scope->query.n; i++) {
		if (local_find(scope->object->dwarf, scope->query.unit[i].die, name->function,
			       name->name, name->line, &found))
			return resolved_refused;
	}
	if (found.n == 1)
		sym = symbol_at(scope->object->symbols, name, found.addr[0]);
	if (!sym) {
		refuse_local(place, scope->tag, name, &found);
		return resolved_refused;
	}
	return resolved_livepatch(objects->rules, source, scope->object, scope->object, sym, NULL);
}

/* The object of that name, or NULL after error(). */
static struct object *find_object(struct objects *objects, const struct source *source,
				  const struct asm_name *name, const char *object)
{
	char *meant = module_name_meant(object);
	struct object *found = NULL;

	if (meant)
		error("%s: '%s' is declared as a symbol of '%s', but no loaded module has that "
		      "name: write %s",
		      source_place(source, name->name), name->name, object, meant);
	else if (!objects_by_name(objects, object, &found) && !found)
		error("%s: '%s' is declared as a symbol of '%s', but no file was found for that "
		      "module",
		      source_place(source, name->name), name->name, object);
	free(meant);
	return found;
}

struct resolved resolve_at_position(struct objects *objects, const struct source *source,
				    const struct asm_name *name)
{
	struct object *owner = find_object(objects, source, name, name->object);
	struct object *gate = owner;
	const struct ksym *all, *sym;
	size_t count;

	if (owner && name->gate)
		gate = find_object(objects, source, name, name->gate);
	if (!owner || !gate)
		return resolved_refused;
	/* kernel/livepatch/core.c, klp_resolve_symbols() */
	if (gate->module != owner->module) {
		error("%s: a relocation for '%s' cannot name '%s' of '%s'",
		      source_place(source, name->name), gate->name, name->name, owner->name);
		return resolved_refused;
	}
	all = kallsyms_find(owner->symbols, name->name, &count);
	sym = kallsyms_at(all, count, name->position);
	if (!sym) {
		error("%s: '%s' has %zu symbols '%s', and position %zu %s",
		      source_place(source, name->name), owner->name, count, name->name,
		      name->position, name->position ? "is none of them" : "means the only one");
		if (count)
			print_candidates(owner->elf, owner->dwarf, all, count);
		return resolved_refused;
	}
	return resolved_livepatch(objects->rules, source, owner, gate, sym, NULL);
}
