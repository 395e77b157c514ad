// SPDX-License-Identifier: GPL-2.0-only
/* The rules: see resolve.h. */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

#include "locate.h"
#include "near.h"
#include "util.h"

static const struct resolved refused = {.how = RESOLVED_REFUSED};

/* What the units of a scope say of one name, summed up. */
struct in_scope {
	const struct ksym *sym[2]; /* the first two different symbols that it is */
	const struct def *def[2];
	size_t n;		    /* how many different symbols */
	const struct def *external; /* a definition that is not static */
	const struct def *vanished; /* a definition without a symbol of that name */
};

static struct resolved livepatch(const struct ksym *all, size_t count, const struct ksym *sym,
				 const struct def *def)
{
	return (struct resolved){
		.how = RESOLVED_LIVEPATCH,
		.sym = sym,
		.position = count == 1 ? 0 : (size_t)(sym - all) + 1,
		.def = def,
	};
}

static const struct ksym *symbol_of(const struct ksym *all, size_t count, const struct def *def)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t a = 0; a < def->addrs; a++) {
			if (all[i].addr == def->addr[a] && !all[i].global)
				return &all[i];
		}
	}
	return NULL;
}

static struct in_scope look_into(const struct scope *scope, const struct ksym *all, size_t count,
				 const char *name)
{
	struct in_scope in = {.n = 0};

	for (size_t i = 0; scope && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];
		const struct ksym *sym;

		if (strcmp(def->name, name) != 0 || !def->defined)
			continue;
		if (def->external) {
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

/* The linker leaves one global symbol of a name, whatever weak definitions there were. */
static const struct ksym *find_global(const struct ksym *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (all[i].global)
			return &all[i];
	}
	return NULL;
}

struct clone_search {
	const struct def *def;
	char name[256];
};

static void match_clone(const struct ksym *sym, void *arg)
{
	struct clone_search *c = arg;

	for (size_t i = 0; i < c->def->addrs; i++) {
		if (sym->addr == c->def->addr[i] && str_starts(sym->name, c->def->name) &&
		    sym->name[strlen(c->def->name)] == '.')
			snprintf(c->name, sizeof(c->name), "%s", sym->name);
	}
}

/* In the scope, but not under its name: inlined, optimised away, or a clone. */
static void report_vanished(const struct resolver *r, const struct source *source,
			    const struct scope *scope, const struct def *def)
{
	struct clone_search clone = {.def = def};
	char place[512];

	def_place(r->dwarf, def, place, sizeof(place));
	kallsyms_each(r->target->vmlinux, match_clone, &clone);
	if (clone.name[0])
		error("%s: '%s' exists in %s only as '%s', whose arguments the compiler may have "
		      "changed: copy the function from %s",
		      source_place(source, def->name), def->name, scope->tag, clone.name, place);
	else if (def->function && def->inlined)
		error("%s: '%s' is inlined everywhere in %s and has no code of its own: copy the "
		      "function from %s",
		      source_place(source, def->name), def->name, scope->tag, place);
	else if (def->function)
		error("%s: '%s' was optimised away in %s, nothing calls it there: copy the function "
		      "from %s",
		      source_place(source, def->name), def->name, scope->tag, place);
	else
		error("%s: '%s' was optimised away in %s, it lies nowhere in memory: copy it from "
		      "%s if it is a constant, else do without, as the kernel does",
		      source_place(source, def->name), def->name, scope->tag, place);
}

static struct resolved refuse_init(const struct source *source, const char *name)
{
	error("%s: '%s' is in init memory, which the kernel frees after boot: it is gone when a "
	      "livepatch is loaded, so do without it",
	      source_place(source, name), name);
	return refused;
}

static void report_twice(const struct resolver *r, const struct source *source,
			 const struct scope *scope, const char *name, const char *way_out,
			 const struct ksym *all, size_t count)
{
	error("%s: '%s' has more than one definition in %s, which is compiled %zu times: %s",
	      source_place(source, name), name, scope->tag, scope->query.n, way_out);
	print_candidates(r->dwarf, all, count);
	for (size_t i = 0; i < scope->query.n; i++)
		fprintf(stderr, "  compile unit at .debug_info offset 0x%llx: %s\n",
			(unsigned long long)scope->query.unit[i].die, scope->query.unit[i].name);
}

static void offer(const struct ksym *sym, void *arg)
{
	if (sym->type == 't' || sym->type == 'T' || sym->type == 'd' || sym->type == 'D' ||
	    sym->type == 'b' || sym->type == 'B' || sym->type == 'r' || sym->type == 'R')
		near_offer(arg, sym->name);
}

/* Does the symbol table say that one of them is of the tagged file? */
static bool in_file_of(const struct scope *scope, const struct ksym *sym, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sym[i].file && source_path_fits(scope->tag, sym[i].file))
			return true;
	}
	return false;
}

/* Not in the scope, no global: perhaps static elsewhere, perhaps misspelt. */
static void report_unknown(const struct resolver *r, const struct source *source,
			   const struct scope *scope, const char *name, const struct ksym *all,
			   size_t count)
{
	struct near near = {.wanted = name};
	const char *place = source_place(source, name);

	if (count && !scope) {
		error("%s: '%s' is static in the kernel, and %s has no //KLPMAKE tag to say in "
		      "which file: tag it with one of",
		      place, name, source->path);
		print_candidates(r->dwarf, all, count);
		return;
	}
	if (count) {
		if (in_file_of(scope, all, count))
			error("%s: '%s' is a symbol of %s of which its debug information knows "
			      "nothing (made by the compiler, or an assembler's): whose it is cannot "
			      "be told; copy what it stands for",
			      place, name, scope->tag);
		else
			error("%s: '%s' is not in %s (the file that %s is tagged with), but static "
			      "elsewhere: put what needs it into a file with that tag",
			      place, name, scope->tag, source->path);
		print_candidates(r->dwarf, all, count);
		return;
	}
	if (scope)
		error("%s: '%s' is neither in %s nor a global symbol of this kernel", place, name,
		      scope->tag);
	else
		error("%s: '%s' is no global symbol of this kernel, and %s has no //KLPMAKE tag to "
		      "look further",
		      place, name, source->path);
	kallsyms_each(r->target->vmlinux, offer, &near);
	near_print(&near, "  near names: ");
}

static struct resolved use_global(const struct resolver *r, const struct ksym *all, size_t count,
				  const char *name, const struct def *def)
{
	const struct symver *export = symvers_find(&r->target->symvers, name);
	const struct ksym *global = find_global(all, count);

	if (export && (!symver_in_vmlinux(export) || !str_starts(export->ns, "module:")))
		return (struct resolved){.how = RESOLVED_EXPORT};
	if (!global)
		return (struct resolved){.how = RESOLVED_NONE};
	/* A weak definition of the tagged file may not be the one that the linker took. */
	for (size_t i = 0; def && i < def->addrs; i++) {
		if (def->addr[i] == global->addr)
			return livepatch(all, count, global, def);
	}
	return livepatch(all, count, global, NULL);
}

struct resolved resolve_use(const struct resolver *r, const struct source *source,
			    const struct scope *scope, const struct use *use)
{
	size_t count;
	const struct ksym *all = kallsyms_find(&r->target->kallsyms, use->name, &count);
	struct in_scope in = look_into(scope, all, count, use->name);
	struct resolved ret;

	if (r->target->arch->ignored_undef && !strcmp(use->name, r->target->arch->ignored_undef))
		return (struct resolved){.how = RESOLVED_NONE};
	if (in.n > 1 || (in.n == 1 && in.vanished)) {
		report_twice(r, source, scope, use->name,
			     "a tag cannot say which is meant, so do without it, or with a copy of "
			     "it if it is a function",
			     all, count);
		return refused;
	}
	if (in.n == 1) {
		if (in.sym[0]->init)
			return refuse_init(source, use->name);
		return livepatch(all, count, in.sym[0], in.def[0]);
	}
	if (in.vanished && !in.external) {
		report_vanished(r, source, scope, in.vanished);
		return refused;
	}
	ret = use_global(r, all, count, use->name, in.external);
	if (ret.how == RESOLVED_LIVEPATCH && ret.sym->init)
		return refuse_init(source, use->name);
	if (ret.how == RESOLVED_NONE && !use->weak) {
		report_unknown(r, source, scope, use->name, all, count);
		return refused;
	}
	return ret;
}

/* Is what the author wrote what the tag says? */
static struct resolved check_author(const struct source *source, const struct scope *scope,
				    const char *name, size_t author, size_t count,
				    const struct resolved found)
{
	size_t position = found.position ? found.position : 1;

	if (author == position || found.how != RESOLVED_LIVEPATCH)
		return found;
	error("%s: old_sympos %zu of '%s' is wrong: the one in %s has position %zu of %zu; leave "
	      "old_sympos out and klpmake fills it in",
	      source_place(source, name), author, name, scope->tag, position, count);
	return refused;
}

struct resolved resolve_old_function(const struct resolver *r, const struct source *source,
				     const struct scope *scope, const char *name, size_t author)
{
	size_t count;
	const struct ksym *all = kallsyms_find(&r->target->kallsyms, name, &count);
	struct in_scope in = look_into(scope, all, count, name);
	const struct ksym *global = find_global(all, count);
	struct resolved found;

	if (author > count && count) {
		error("%s: old_sympos %zu of '%s': this kernel has only %zu of that name",
		      source_place(source, name), author, name, count);
		print_candidates(r->dwarf, all, count);
		return refused;
	}
	if (in.n > 1) {
		if (author && is_defined_in(scope, &all[author - 1]))
			return livepatch(all, count, &all[author - 1], NULL);
		report_twice(r, source, scope, name, "write the old_sympos of the right one", all,
			     count);
		return refused;
	}
	if (in.n == 1 || (in.external && global)) {
		found = in.n == 1 ? livepatch(all, count, in.sym[0], in.def[0])
				  : livepatch(all, count, global, in.external);
		return author ? check_author(source, scope, name, author, count, found) : found;
	}
	if (in.vanished) {
		report_vanished(r, source, scope, in.vanished);
		return refused;
	}
	if (count == 0) {
		report_unknown(r, source, scope, name, all, count);
		return refused;
	}
	if (author)
		return (struct resolved){
			.how = RESOLVED_LIVEPATCH, .sym = &all[author - 1], .position = author};
	if (count == 1)
		return livepatch(all, count, all, NULL);
	error("%s: '%s' is ambiguous, this kernel has %zu: tag the file that defines its new function "
	      "with the kernel file of the right one, or write its old_sympos",
	      source_place(source, name), name, count);
	print_candidates(r->dwarf, all, count);
	return refused;
}
