// SPDX-License-Identifier: GPL-2.0-only
/*
 * Relocations that some kernels' module loaders know and the target's may not: target_applies().
 * check/module/places.c finds those that no loader knows, for which no symbols of the kernel are
 * needed.
 */
#include "check/say.h"

void check_loader(struct check *c)
{
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);

		if (type && !target_applies(c->target, type))
			bad(c, "'%s' + 0x%llx: " ARCH_RELOC_UNKNOWN, c->mod->sec[r->section].name,
			    (unsigned long long)r->offset, type->name, type->handler);
	}
}
