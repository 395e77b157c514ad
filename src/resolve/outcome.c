// SPDX-License-Identifier: GPL-2.0-only
/* Making outcomes: see resolve/outcome.h. */
#include "resolve/outcome.h"

#include "base/util.h"
#include "dwarf/defs.h"
#include "dwarf/locate.h"
#include "resolve/in_scope.h"

const struct resolved resolved_refused = {.how = RESOLVED_REFUSED};

bool resolved_same(const struct resolved *a, const struct resolved *b)
{
	return a->how == b->how && a->sym == b->sym && a->gate == b->gate;
}

/* A livepatch symbol of an object; refuses what has no position that always holds. */
struct resolved resolved_livepatch(const struct rules *rules, const struct source *source,
				   const struct object *owner, const struct object *gate,
				   const struct ksym *sym, const struct def *def)
{
	size_t count;
	const struct ksym *all = kallsyms_find(owner->symbols, sym->name, &count);
	/* As the source has it. */
	const char *name = def ? def->name : sym->name;
	char place[512];
	struct resolved ret = {
		.how = RESOLVED_LIVEPATCH,
		.sym = sym,
		.def = def,
		.owner = owner,
		.gate = gate,
	};

	/*
	 * kernel/livepatch/core.c, klp_find_object_symbol(); places in a module are never 0. In the
	 * thread-local storage of a program something is.
	 */
	if (sym->addr == 0 && sym->elf_type != STT_TLS) {
		error("%s: '%s' lies at address 0, which the kernel takes to mean "
		      "that it was not found: no livepatch can name it",
		      source_place(source, name), name);
		return resolved_refused;
	}
	if (sym->init) {
		error("%s: '%s' is in init memory, which the kernel frees after boot: it is gone when a "
		      "livepatch is loaded, so do without it",
		      source_place(source, name), name);
		return resolved_refused;
	}
	if (sym->unsettled) {
		error("%s: the position of '%s' is made uncertain " KSYM_UNSETTLED
		      ": no livepatch can name it; use a copy of it if it is a function, and "
		      "replace its callers",
		      source_place(source, name), name);
		print_candidates(owner->elf, owner->dwarf, all, count);
		return resolved_refused;
	}
	if (def && def->nocall) {
		def_place(owner->dwarf, def, place, sizeof(place));
		error("%s: '%s' does not take its arguments, or return its value, as its source says: "
		      "the compiler has changed how it is called, and only its callers know: use a "
		      "copy of it, and replace its callers; it is defined at %s",
		      source_place(source, name), name, place);
		return resolved_refused;
	}
	if (rules->position(all, count, sym, &ret.position))
		return ret;
	error("%s: '%s' has one position in '%s' while that loads and another when it is up, "
	      "because of a namesake in its init memory: no livepatch can name it",
	      source_place(source, name), name, owner->name);
	return resolved_refused;
}

struct resolved resolved_global(const struct rules *rules, const struct source *source,
				const struct object *owner, const struct object *gate,
				const char *name, const struct def *def)
{
	size_t count;
	const struct ksym *all = kallsyms_find(owner->symbols, name, &count);
	const struct ksym *global = kallsyms_global(all, count);

	if (!global)
		return (struct resolved){.how = RESOLVED_NONE};
	if (def && !in_scope_is_at(global, def))
		def = NULL;
	return resolved_livepatch(rules, source, owner, gate, global, def);
}
