// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that change a register which the caller needs afterwards (arch.slots.returns). Behind a
 * call of a livepatch symbol or an export, the loader replaces a nop with the instruction that
 * restores the register, and refuses the module when there is no nop
 * (arch/powerpc/kernel/module_64.c, restore_r2()). Behind a call of one of the patch's own stubs,
 * the instruction has to be there already.
 */
#include <string.h>

#include "check/say.h"
#include "klp/format.h"

static void check_call(const struct check *c, const struct reloc *r, const unsigned char *code)
{
	const struct arch *arch = c->target->arch;
	struct elf_symbol s;

	elf_file_symbol(c->mod, r->symbol, &s);
	if (!s.special && !strcmp(c->mod->sec[s.shndx].name, KLP_STUBS)) {
		if (!code || memcmp(code + 4, arch->slots.restore, 4) != 0)
			bad(c,
			    "'%s' + 0x%llx: nothing behind the call of '%s' restores the register by "
			    "which the patch finds its data",
			    c->mod->sec[r->section].name, (unsigned long long)r->offset, s.name);
		return;
	}
	if (s.special && (s.shndx == SHN_UNDEF || s.shndx == SHN_LIVEPATCH) &&
	    strcmp(s.name, arch->slots.tracer) != 0 && (!code || !arch->slots.returns(code)))
		bad(c,
		    "'%s' + 0x%llx: there is no call of '%s' with an instruction behind it that does "
		    "nothing, which the loader would make to restore the register by which the patch "
		    "finds its data",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset, s.name);
}

void check_calls(struct check *c)
{
	if (!c->target->arch->slots.returns)
		return;
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
		const unsigned char *data;
		size_t size;

		if (!type || !type->branch || elf_file_bytes(c->mod, r->section, &data, &size))
			continue;
		check_call(c, r,
			   r->offset <= size && 8 <= size - r->offset ? data + r->offset : NULL);
	}
}
