/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instructions of each architecture, a file each (arch/NAME_step.c); only these, arch/step.c,
 * and rows that edit instructions include it.
 */
#ifndef KLP_STEP_ROWS_H
#define KLP_STEP_ROWS_H

#include "arch/step.h"

step_fn x86_64_step, riscv64_step, arm64_step, ppc64le_step, s390x_step, loongarch64_step;

/* A word of code, of machines with the low byte first. */
static inline uint32_t code_word(const unsigned char *code)
{
	return code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
}

static inline void code_put_word(unsigned char *code, uint32_t word)
{
	for (size_t i = 0; i < 4; i++)
		code[i] = (unsigned char)(word >> 8 * i);
}

/* A number of so many bits, of which the first is its sign. */
static inline int64_t signed_bits(uint32_t number, unsigned int bits)
{
	return (int32_t)(number << (32 - bits)) >> (32 - bits);
}

#endif
