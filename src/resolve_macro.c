// SPDX-License-Identifier: GPL-2.0-only
/* Names that a macro of <klpmake.h> made: see resolve_macro.h. */
#include "resolve_macro.h"

#include <string.h>

#include "livepatch.h"
#include "locals.h"
#include "locate.h"
#include "util.h"

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

struct resolved resolve_static_local(const struct source *source, const struct scope *scope,
				     const struct asm_name *name)
{
	const char *place = source_place(source, name->name);
	const struct ksym *sym = NULL, *all;
	struct local found = {.n = 0};
	size_t count;

	if (!scope) {
		error("%s: '%s' is a static variable of '%s', but %s has no //KLPMAKE tag to say of "
		      "which file",
		      place, name->name, name->function, source->path);
		return resolved_refused;
	}
	for (size_t i = 0; i < scope->query.n; i++) {
		if (local_find(scope->object->dwarf, scope->query.unit[i].die, name->function,
			       name->name, &found))
			return resolved_refused;
	}
	if (found.n == 1)
		sym = symbol_at(scope->object->symbols, name, found.addr[0]);
	if (!sym) {
		error("%s: %s has %s static variable '%s' in a function '%s'%s", place, scope->tag,
		      found.n > 1 ? "more than one" : "no", name->name, name->function,
		      found.n > 1	? ": which is meant cannot be said"
		      : !found.declared ? ""
		      : found.n		? " that has a symbol"
					: " that lies in memory (it is no static one, or was "
					  "optimised away)");
		return resolved_refused;
	}
	all = kallsyms_find(scope->object->symbols, sym->name, &count);
	return resolved_livepatch(source, scope->object, scope->object, all, count, sym, NULL);
}

/* The object of that name, or NULL after error(). */
static struct object *find_object(struct objects *objects, const struct source *source,
				  const struct asm_name *name, const char *object)
{
	struct object *found;

	if (objects_by_name(objects, object, &found))
		return NULL;
	if (!found)
		error("%s: '%s' is said to be of '%s', of which no file is there",
		      source_place(source, name->name), name->name, object);
	return found;
}

struct resolved resolve_at_position(struct objects *objects, const struct source *source,
				    const struct asm_name *name)
{
	struct object *owner = find_object(objects, source, name, name->object);
	struct object *gate = owner;
	const struct ksym *all;
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
	if (name->position > count || (name->position == 0 && count != 1)) {
		error("%s: '%s' has %zu symbols '%s', and position %zu %s",
		      source_place(source, name->name), owner->name, count, name->name,
		      name->position, name->position ? "is none of them" : "means the only one");
		if (count)
			print_candidates(owner->elf, owner->dwarf, all, count);
		return resolved_refused;
	}
	return resolved_livepatch(source, owner, gate, all, count,
				  &all[name->position ? name->position - 1 : 0], NULL);
}
