// SPDX-License-Identifier: GPL-2.0-only
/* Which function a struct klp_func replaces: see resolve/rules.h. */
#include <string.h>

#include "base/util.h"
#include "dwarf/locate.h"
#include "resolve/in_scope.h"
#include "resolve/refusal.h"
#include "resolve/rules.h"

/* Is what the author wrote what the tag says? */
static struct resolved check_author(const struct source *source, const struct scope *scope,
				    const char *name, uint64_t author, size_t count,
				    const struct resolved found)
{
	size_t position = found.position ? found.position : 1;

	if (author == position || found.how != RESOLVED_LIVEPATCH)
		return found;
	error("%s: old_sympos %llu of '%s' is wrong: the one in %s has position %zu of %zu; leave "
	      "old_sympos out and klpmake fills it in",
	      source_place(source, name), (unsigned long long)author, name, scope->tag, position,
	      count);
	return resolved_refused;
}

struct resolved resolve_old_function(const struct resolver *r, const struct source *source,
				     const struct scope *scope, const struct object *object,
				     const char *name, uint64_t author)
{
	const struct rules *rules = r->objects->rules;
	size_t count;
	const struct ksym *all = kallsyms_find(object->symbols, name, &count);
	/* A tag that names a file of another object says nothing about this object's functions. */
	const struct scope *own = scope && scope->object == object ? scope : NULL;
	struct in_scope in = in_scope_look(own, all, count, name);
	const struct ksym *global = kallsyms_global(all, count);
	struct resolved found;

	if (author > count && count) {
		error("%s: old_sympos %llu of '%s': this %s has only %zu of that name",
		      source_place(source, name), (unsigned long long)author, name, rules->whole,
		      count);
		print_candidates(object->elf, object->dwarf, all, count);
		return resolved_refused;
	}
	if (in.n > 1) {
		if (author && in_scope_defines(own, &all[author - 1]))
			return resolved_livepatch(rules, source, object, object, &all[author - 1],
						  NULL);
		report_twice(source, own, name, "write the old_sympos of the right one", all,
			     count);
		return resolved_refused;
	}
	/*
	 * An extern inline definition of a header has no code here, and is not a second function.
	 */
	if (in.n == 0 && in.external && in.external->addrs && global &&
	    !in_scope_is_at(global, in.external)) {
		error("%s: the '%s' of %s is weak, and the kernel has the one that overrides it: tag the "
		      "file that defines its new function with the kernel file of that one",
		      source_place(source, name), name, own->tag);
		print_candidates(object->elf, object->dwarf, all, count);
		return resolved_refused;
	}
	/* klplink writes positions, and no names. */
	if (in.n == 1 && strcmp(in.sym[0]->name, name) != 0) {
		error("%s: '%s' of %s has the name '%s' in this %s, which the compiler made for "
		      "link-time optimisation: write that one",
		      source_place(source, name), name, own->tag, in.sym[0]->name, rules->whole);
		return resolved_refused;
	}
	if (in.n == 1 || (in.external && global)) {
		found = in.n == 1
				? resolved_livepatch(rules, source, object, object, in.sym[0],
						     in.def[0])
				: resolved_global(rules, source, object, object, name, in.external);
		return author ? check_author(source, own, name, author, count, found) : found;
	}
	if (in.vanished) {
		report_vanished(r->objects, source, own, in.vanished, true);
		return resolved_refused;
	}
	if (count == 0 && scope && !own && kallsyms_find(scope->object->symbols, name, &count)) {
		error("%s: '%s' is not in '%s' but in '%s', like all of %s: its struct klp_object needs "
		      "%s%s%s",
		      source_place(source, name), name, object->name, scope->object->name,
		      scope->tag, scope->object->module ? ".name = \"" : "no .name",
		      scope->object->module ? scope->object->name : "",
		      scope->object->module ? "\"" : "");
		return resolved_refused;
	}
	if (count == 0) {
		report_unknown(r->objects, source, own, object, name, NULL);
		return resolved_refused;
	}
	if (author)
		return resolved_livepatch(rules, source, object, object, &all[author - 1], NULL);
	if (count == 1)
		return resolved_livepatch(rules, source, object, object, all, NULL);
	error("%s: '%s' is ambiguous, this %s has %zu: tag the file that defines its new function "
	      "with the kernel file of the right one, or write its old_sympos",
	      source_place(source, name), name, rules->whole, count);
	print_candidates(object->elf, object->dwarf, all, count);
	return resolved_refused;
}
