// SPDX-License-Identifier: GPL-2.0-only
/* The architecture table: see arch/arch.h. Each row is a file of its own, arch/NAME.c. */
#include "arch/arch.h"

#include "arch/rows.h"
#include "base/util.h"

static const struct arch *const archs[] = {
	&arch_x86_64, &arch_riscv64, &arch_arm64, &arch_ppc64le, &arch_s390x, &arch_loongarch64,
};

const struct arch *arch_of(const GElf_Ehdr *ehdr)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		if (archs[i]->machine == ehdr->e_machine &&
		    archs[i]->order == ehdr->e_ident[EI_DATA])
			return archs[i];
	}
	return NULL;
}

const struct arch_reloc *arch_reloc_by_type(const struct arch *arch, uint32_t type)
{
	for (const struct arch_reloc *r = arch->reloc; r->name; r++) {
		if (r->type == type)
			return r;
	}
	return NULL;
}

const struct arch_sum *arch_sum_by_type(const struct arch *arch, uint32_t type)
{
	for (const struct arch_sum *s = arch->sums; s && s->size; s++) {
		if (s->type == type)
			return s;
	}
	return NULL;
}

bool arch_reloc_is_rest(const struct arch *arch, uint32_t type)
{
	for (const struct arch_reloc *r = arch->reloc; r->name; r++) {
		if (r->label ? r->type == type : r->minus && r->minus == type)
			return true;
	}
	return false;
}
