// SPDX-License-Identifier: GPL-2.0-only
/* Which architecture has its operands where: see operand/operand.h. */
#include "operand/operand.h"

#include "base/util.h"
#include "operand/operand_rows.h"

static const struct operand_row *const rows[] = {&arm64_operands, &riscv64_operands};

static const struct operand_row *row_of(const struct arch *arch)
{
	static const struct operand_row none;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i]->machine == arch->machine)
			return rows[i];
	}
	return &none;
}

/* All that have rows have the low byte first. */
static uint64_t number_at(const unsigned char *code, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number |= (uint64_t)code[i] << 8 * i;
	return number;
}

bool operand_read(const struct arch *arch, uint32_t type, const unsigned char *code, uint64_t place,
		  struct operand *ret)
{
	const struct operand_row *row = row_of(arch);
	const struct arch_reloc *r = row->read ? arch_reloc_by_type(arch, type) : NULL;

	return r && !r->plain && r->size <= sizeof(uint64_t) &&
	       row->read(type, number_at(code, r->size), place, ret);
}

uint32_t operand_branch(const struct arch *arch, const unsigned char *code)
{
	const struct operand_row *row = row_of(arch);

	return row->branch ? row->branch((uint32_t)number_at(code, 4)) : 0;
}

bool operand_is_mapping(const struct arch *arch, const char *symbol)
{
	return row_of(arch)->mapping && symbol[0] == '$';
}

bool operand_replacement_behind(const struct arch *arch)
{
	return row_of(arch)->replacement_behind;
}
