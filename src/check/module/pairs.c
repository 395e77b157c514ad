// SPDX-License-Identifier: GPL-2.0-only
/*
 * Relocations that complete another relocation and refer to it by its place. The loader looks for
 * the other one in the same section of relocations (arch/riscv/kernel/module.c,
 * apply_relocate_add()), so it fails when only one half of a pair has become a livepatch
 * relocation.
 */
#include "check/say.h"

/* Is the beginning of an address there? A jump to a veneer is none. */
static bool completed_beside(const struct check *c, const struct reloc *r)
{
	const struct relocs *all = &c->relocs;
	struct elf_symbol label;

	elf_file_symbol(c->mod, r->symbol, &label);
	if (label.special || label.shndx != r->section)
		return false;
	for (const struct reloc *i = relocs_at(all, r->section, label.sym.st_value);
	     i && i < all->r + all->n && i->section == r->section &&
	     i->offset == label.sym.st_value;
	     i++) {
		const struct arch_reloc *begins = arch_reloc_by_type(c->target->arch, i->type);

		if (i->rela == r->rela && begins && begins->slot)
			return true;
	}
	return false;
}

void check_pairs(struct check *c)
{
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);

		if (type && type->label && !completed_beside(c, r))
			bad(c,
			    "section '%s': the relocation of '%s' + 0x%llx (%s) completes one that "
			    "is not in that section: apply_relocate_add() refuses it",
			    c->mod->sec[r->rela].name, c->mod->sec[r->section].name,
			    (unsigned long long)r->offset, type->name);
	}
}
