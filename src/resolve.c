// SPDX-License-Identifier: GPL-2.0-only
/* The rules: see resolve.h. */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

#include "locate.h"
#include "module_files.h"
#include "resolve_macro.h"
#include "unresolved.h"
#include "util.h"

/* What the units of a scope say of one name, summed up. */
struct in_scope {
	const struct ksym *sym[2]; /* the first two different symbols that it is */
	const struct def *def[2];
	size_t n;		    /* how many different symbols */
	const struct def *external; /* a definition that is not static */
	const struct def *vanished; /* a definition without a symbol of that name */
};

static const struct ksym *symbol_of(const struct ksym *all, size_t count, const struct def *def)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t a = 0; a < def->addrs; a++) {
			if (ksym_is_at(&all[i], def->addr[a]) && !all[i].global)
				return &all[i];
		}
	}
	return NULL;
}

/* Is that where the definition lies? The linker may have taken another one than a weak one. */
static bool is_at(const struct ksym *global, const struct def *def)
{
	for (size_t i = 0; global && i < def->addrs; i++) {
		if (ksym_is_at(global, def->addr[i]))
			return true;
	}
	return false;
}

static struct in_scope look_into(const struct scope *scope, const struct ksym *all, size_t count,
				 const char *name)
{
	const struct ksym *global = kallsyms_global(all, count);
	struct in_scope in = {.n = 0};

	for (size_t i = 0; scope && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];
		const struct ksym *sym;

		if (strcmp(def->name, name) != 0 || !def->defined)
			continue;
		if (def->external) {
			if (!in.external || !is_at(global, in.external))
				in.external = def;
			continue;
		}
		sym = symbol_of(all, count, def);
		if (!sym) {
			in.vanished = def;
			continue;
		}
		if (in.n < 2 && (in.n == 0 || in.sym[0] != sym)) {
			in.sym[in.n] = sym;
			in.def[in.n++] = def;
		}
	}
	return in;
}

/* Is it one of the symbols that the scope has under this name? */
static bool is_defined_in(const struct scope *scope, const struct ksym *sym)
{
	for (size_t i = 0; i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];

		if (!strcmp(def->name, sym->name) && symbol_of(sym, 1, def))
			return true;
	}
	return false;
}

/* A global symbol of an object that nobody exports. */
static struct resolved global_of(const struct source *source, const struct object *owner,
				 const struct object *gate, const char *name, const struct def *def)
{
	size_t count;
	const struct ksym *all = kallsyms_find(owner->symbols, name, &count);
	const struct ksym *global = kallsyms_global(all, count);

	if (!global)
		return (struct resolved){.how = RESOLVED_NONE};
	if (def && !is_at(global, def))
		def = NULL;
	return resolved_livepatch(source, owner, gate, all, count, global, def);
}

/*
 * A module's export becomes a livepatch symbol of that module, so that the patch neither pins nor
 * waits for it; only code that patches a module can run when it is there. Code for vmlinux needs
 * the module for good: an ordinary import.
 */
static struct resolved module_export(const struct resolver *r, const struct source *source,
				     const struct scope *scope, const char *name,
				     const struct symver *export)
{
	struct object *owner;
	struct resolved ret;
	char *module;
	int needed;

	if (!scope || !scope->object->module)
		return (struct resolved){.how = RESOLVED_EXPORT, .export = export};
	module = module_name(export->owner);
	if (objects_by_name(r->objects, module, &owner)) {
		free(module);
		return resolved_refused;
	}
	if (!owner)
		error("%s: '%s' is exported by the module '%s', whose file is not there to look it "
		      "up in",
		      source_place(source, name), name, module);
	free(module);
	if (!owner)
		return resolved_refused;
	needed = objects_need(r->objects, scope->object, owner);
	if (needed == 0)
		error("%s: '%s' is exported by the module '%s', on which '%s' does not depend: it "
		      "may not be there when '%s' is; look it up when it is needed, with "
		      "symbol_get()",
		      source_place(source, name), name, owner->name, scope->object->name,
		      scope->object->name);
	if (needed <= 0)
		return resolved_refused;
	ret = global_of(source, owner, scope->object, name, NULL);
	if (ret.how == RESOLVED_NONE) {
		error("%s: '%s' is exported by '%s' in Module.symvers, but '%s' has no such symbol",
		      source_place(source, name), name, export->owner, owner->path);
		return resolved_refused;
	}
	return ret;
}

/* May every module import it from vmlinux? */
static bool is_open(const struct symver *export)
{
	return export && symver_in_vmlinux(export) && !str_starts(export->ns, "module:");
}

/*
 * Not static in the scope: a global of its object, which the linker has taken for all code of that
 * object, whoever exports the name as well; an export; or a global of vmlinux.
 */
static struct resolved use_global(const struct resolver *r, const struct source *source,
				  const struct scope *scope, const char *name,
				  const struct def *def)
{
	const struct symver *export = symvers_find(&r->objects->target->symvers, name);
	struct object *vmlinux = r->objects->obj[0];
	struct resolved ret = {.how = RESOLVED_NONE};

	if (scope && (scope->object->module || !is_open(export)))
		ret = global_of(source, scope->object, scope->object, name, def);
	if (ret.how != RESOLVED_NONE)
		return ret;
	if (is_open(export))
		return (struct resolved){.how = RESOLVED_EXPORT, .export = export};
	if (export && !symver_in_vmlinux(export))
		return module_export(r, source, scope, name, export);
	return global_of(source, vmlinux, vmlinux, name, NULL);
}

struct resolved resolve_use(const struct resolver *r, const struct source *source,
			    const struct scope *scope, const struct use *use)
{
	const struct object *object = scope ? scope->object : r->objects->obj[0];
	const char *ignored = r->objects->target->arch->ignored_undef;
	size_t count;
	const struct ksym *all = kallsyms_find(object->symbols, use->is.name, &count);
	struct in_scope in = look_into(scope, all, count, use->is.name);
	struct resolved ret;

	if (ignored && !strcmp(use->is.name, ignored))
		return (struct resolved){.how = RESOLVED_NONE};
	if (use->is.kind == NAME_STATIC_LOCAL)
		return resolve_static_local(source, scope, &use->is);
	if (use->is.kind == NAME_AT_POSITION)
		return resolve_at_position(r->objects, source, &use->is);
	if (in.n > 1 || (in.n == 1 && in.vanished)) {
		report_twice(source, scope, use->is.name,
			     "a tag cannot say which is meant, so do without it, or with a copy of "
			     "it if it is a function",
			     all, count);
		return resolved_refused;
	}
	if (in.n == 1)
		return resolved_livepatch(source, object, object, all, count, in.sym[0], in.def[0]);
	if (in.vanished && !in.external) {
		report_vanished(r->objects, source, scope, in.vanished, false);
		return resolved_refused;
	}
	ret = use_global(r, source, scope, use->is.name, in.external);
	/* A weak one is zero only where there is nothing that it could mean. */
	if (ret.how == RESOLVED_NONE &&
	    (!use->weak || is_static_elsewhere(r->objects, object, use->is.name))) {
		report_unknown(r->objects, source, scope, object, use->is.name, use);
		return resolved_refused;
	}
	return ret;
}

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
	size_t count;
	const struct ksym *all = kallsyms_find(object->symbols, name, &count);
	/* A tag in another object says nothing of this one's functions. */
	const struct scope *own = scope && scope->object == object ? scope : NULL;
	struct in_scope in = look_into(own, all, count, name);
	const struct ksym *global = kallsyms_global(all, count);
	struct resolved found;

	if (author > count && count) {
		error("%s: old_sympos %llu of '%s': this kernel has only %zu of that name",
		      source_place(source, name), (unsigned long long)author, name, count);
		print_candidates(object->elf, object->dwarf, all, count);
		return resolved_refused;
	}
	if (in.n > 1) {
		if (author && is_defined_in(own, &all[author - 1]))
			return resolved_livepatch(source, object, object, all, count,
						  &all[author - 1], NULL);
		report_twice(source, own, name, "write the old_sympos of the right one", all,
			     count);
		return resolved_refused;
	}
	/* What a header defines extern inline has no code here, and is no other one. */
	if (in.n == 0 && in.external && in.external->addrs && global &&
	    !is_at(global, in.external)) {
		error("%s: the '%s' of %s is weak, and the kernel has the one that overrides it: tag the "
		      "file that defines its new function with the kernel file of that one",
		      source_place(source, name), name, own->tag);
		print_candidates(object->elf, object->dwarf, all, count);
		return resolved_refused;
	}
	if (in.n == 1 || (in.external && global)) {
		found = in.n == 1 ? resolved_livepatch(source, object, object, all, count,
						       in.sym[0], in.def[0])
				  : global_of(source, object, object, name, in.external);
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
		return resolved_livepatch(source, object, object, all, count, &all[author - 1],
					  NULL);
	if (count == 1)
		return resolved_livepatch(source, object, object, all, count, all, NULL);
	error("%s: '%s' is ambiguous, this kernel has %zu: tag the file that defines its new function "
	      "with the kernel file of the right one, or write its old_sympos",
	      source_place(source, name), name, count);
	print_candidates(object->elf, object->dwarf, all, count);
	return resolved_refused;
}
