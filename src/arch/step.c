// SPDX-License-Identifier: GPL-2.0-only
/* Which architecture's instructions are read how: see arch/step.h. */
#include "arch/step.h"

#include <elf.h>

#include "arch/step_rows.h"
#include "base/util.h"

/* Missing in older <elf.h>. */
#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

static const struct row {
	uint16_t machine;
	uint8_t align;
	step_fn *step;
} rows[] = {
	{EM_X86_64, 1, x86_64_step}, {EM_RISCV, 2, riscv64_step},
	{EM_AARCH64, 4, arm64_step}, {EM_PPC64, 4, ppc64le_step},
	{EM_S390, 2, s390x_step},    {EM_LOONGARCH, 4, loongarch64_step},
};

static const struct row *row_of(const struct arch *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].machine == arch->machine)
			return &rows[i];
	}
	return NULL;
}

step_fn *step_of(const struct arch *arch)
{
	const struct row *row = row_of(arch);

	return row ? row->step : NULL;
}

size_t step_align(const struct arch *arch)
{
	const struct row *row = row_of(arch);

	return row ? row->align : 1;
}

uint64_t step_entry(const struct arch *arch, unsigned char other)
{
	return arch->machine == EM_PPC64 ? 1U << (other >> 5) >> 2 << 2 : 0;
}
