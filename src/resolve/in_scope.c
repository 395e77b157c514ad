// SPDX-License-Identifier: GPL-2.0-only
/* Definitions of a scope and the symbols of its object: see resolve/in_scope.h. */
#include "resolve/in_scope.h"

#include <string.h>

#include "dwarf/units.h"

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

/* The symbol that clang's link-time optimisation has given a longer name. */
static const struct ksym *promoted_symbol(const struct scope *scope, const struct def *def)
{
	size_t count;
	const struct ksym *all = kallsyms_promoted(scope->object->symbols, def->name, &count);

	return symbol_of(all, count, def);
}

/*
 * gcc lets functions of equal code share it, and describes only one of them with it; the others
 * keep their symbols. A local one of the name, within the code of the unit that defines it, is
 * that.
 */
static const struct ksym *shared_symbol(const struct scope *scope, const struct ksym *all,
					size_t count, const struct def *def)
{
	const struct ksym *found = NULL;

	for (size_t i = 0; def->function && !def->addrs && i < count; i++) {
		Dwarf_Off unit;

		if (all[i].global || all[i].elf_type != STT_FUNC)
			continue;
		units_at(scope->object->dwarf, &all[i].addr, 1, &unit);
		if (unit == def->unit)
			found = &all[i];
	}
	return found;
}

bool in_scope_is_at(const struct ksym *global, const struct def *def)
{
	for (size_t i = 0; global && i < def->addrs; i++) {
		if (ksym_is_at(global, def->addr[i]))
			return true;
	}
	return false;
}

struct in_scope in_scope_look(const struct scope *scope, const struct ksym *all, size_t count,
			      const char *name)
{
	const struct ksym *global = kallsyms_global(all, count);
	struct in_scope in = {.n = 0};

	for (size_t i = 0; scope && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];
		const struct ksym *sym;

		if (!ksym_has_name(name, def->name) || !def->defined)
			continue;
		/* It says nothing of the code of this file itself. */
		if (def->imported && def->inlined && !def->addrs)
			continue;
		if (def->external) {
			if (!in.external || !in_scope_is_at(global, in.external))
				in.external = def;
			continue;
		}
		sym = symbol_of(all, count, def);
		if (!sym)
			sym = promoted_symbol(scope, def);
		if (!sym)
			sym = shared_symbol(scope, all, count, def);
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

bool in_scope_defines(const struct scope *scope, const struct ksym *sym)
{
	for (size_t i = 0; i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];

		if (ksym_has_name(sym->name, def->name) && symbol_of(sym, 1, def))
			return true;
	}
	return false;
}
