/* SPDX-License-Identifier: GPL-2.0-only */
/* What the compile units of a scope say of one name. */
#ifndef KLP_IN_SCOPE_H
#define KLP_IN_SCOPE_H

#include "resolve/scope.h"
#include "symbols/kallsyms.h"

struct in_scope {
	const struct ksym *sym[2]; /* the first two different symbols that it is */
	const struct def *def[2];
	size_t n;		    /* how many different symbols */
	const struct def *external; /* a definition that is not static */
	const struct def *vanished; /* a definition without a symbol of that name */
};

/* Looks through the definitions of a scope (NULL: none) for a name, of which its object has count
 * symbols. */
struct in_scope in_scope_look(const struct scope *scope, const struct ksym *all, size_t count,
			      const char *name);

/*
 * Does the definition lie at that symbol? Instead of a weak one, the linker may have taken another.
 */
bool in_scope_is_at(const struct ksym *global, const struct def *def);

/* Is it one of the symbols that the scope has under this name? */
bool in_scope_defines(const struct scope *scope, const struct ksym *sym);

#endif
