// SPDX-License-Identifier: GPL-2.0-only
/* What code refers to: see same/code_refs.h. */
#include "same/code_refs.h"

#include "base/util.h"

bool code_refs_known(const struct code *c)
{
	/* Elsewhere an address is put together by several instructions. */
	return !c->linked || c->arch->code.immediate;
}

/*
 * How far behind the operand its distance counts from: the end of the instruction, where that has
 * several parts.
 */
static unsigned int tail_of(const struct code *c, const unsigned char *distance, size_t before)
{
	return c->arch->code.immediate ? 4 + c->arch->code.immediate(distance, before) : 0;
}

static void each_reloc(const struct code *c, uint64_t start, uint64_t end,
		       void (*fn)(uint64_t place, void *arg), void *arg)
{
	const struct reloc *last = c->relocs.r + c->relocs.n;
	const unsigned char *code = code_at(c, start, end - start);
	size_t section = start >> 32;

	for (const struct reloc *r = relocs_from(&c->relocs, section, (uint32_t)start);
	     r && r < last && r->section == section && r->offset + 4 <= (uint32_t)end; r++) {
		size_t before = r->offset - (uint32_t)start;
		struct code_ref ref = code_reloc_ref(c, r, tail_of(c, code + before, before));

		if (ref.kind == REF_PLACE)
			fn(ref.place, arg);
	}
}

static void each_operand(const struct code *c, uint64_t start, uint64_t end,
			 void (*fn)(uint64_t place, void *arg), void *arg)
{
	const unsigned char *code = code_at(c, start, end - start);

	for (size_t i = 0; i + 4 <= end - start; i++) {
		int32_t number = (int32_t)elf_file_number(c->elf, code + i, 4);

		fn((uint64_t)(int64_t)number, arg);
		fn(start + i + tail_of(c, code + i, i) + (uint64_t)(int64_t)number, arg);
	}
}

void code_refs_each(const struct code *c, uint64_t start, uint64_t end,
		    void (*fn)(uint64_t place, void *arg), void *arg)
{
	if (!code_refs_known(c) || end < start || !code_at(c, start, end - start))
		return;
	if (c->linked)
		each_operand(c, start, end, fn, arg);
	else
		each_reloc(c, start, end, fn, arg);
}
