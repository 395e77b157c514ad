// SPDX-License-Identifier: GPL-2.0-only
/* Differences that the linker is to find: see same/difference.h. */
#include "same/difference.h"

#include "arch/arch.h"

/* The relocations at the place: the one that adds, and the one that subtracts; NULL: none. */
static size_t find_terms(const struct code *c, uint64_t place, const struct reloc **plus,
			 const struct reloc **minus)
{
	const struct reloc *r, *end = c->relocs.r + c->relocs.n;
	size_t section = place >> 32, size = 0;
	uint64_t offset = (uint32_t)place;

	*plus = *minus = NULL;
	for (r = c->linked ? NULL : relocs_at(&c->relocs, section, offset);
	     r && r < end && r->section == section && r->offset == offset; r++) {
		const struct arch_sum *sum = arch_sum_by_type(c->arch, r->type);

		if (sum && !sum->mask && sum->operation == '+')
			*plus = r;
		else if (sum && !sum->mask && sum->operation == '-')
			*minus = r;
		else
			continue;
		if (size && sum->size != size)
			return 0;
		size = sum->size;
	}
	return *plus && *minus ? size : 0;
}

struct difference difference_at(const struct code *c, uint64_t place)
{
	struct difference ret = {.to = {.kind = REF_UNKNOWN}};
	const struct reloc *plus, *minus;
	struct elf_symbol a, b;
	uint64_t from;

	ret.size = find_terms(c, place, &plus, &minus);
	if (!ret.size)
		return ret;
	elf_file_symbol(c->elf, plus->symbol, &a);
	elf_file_symbol(c->elf, minus->symbol, &b);
	if (b.special)
		return ret;
	from = b.sym.st_value + (uint64_t)minus->addend;
	if (b.shndx == place >> 32 && from == (uint32_t)place) {
		ret.relative = true;
		ret.to = code_reloc_ref(c, plus, 0);
	} else if (!a.special && a.shndx == b.shndx) {
		ret.number = true;
		ret.value = a.sym.st_value + (uint64_t)plus->addend - from;
	}
	return ret;
}

bool table_number_at(const struct code *c, uint64_t place, size_t size, uint64_t *ret)
{
	struct difference d = difference_at(c, place);
	const unsigned char *bytes = code_at(c, place, size);

	if (d.size) {
		*ret = d.value;
		return d.number && d.size == size;
	}
	if (!bytes || code_reloc(c, place))
		return false;
	*ret = elf_file_number(c->elf, bytes, size);
	return true;
}
