// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operands of riscv64: the RISC-V ELF psABI, "Relocations"; the RISC-V Instruction Set Manual,
 * volume I, "RV32I" and "C".
 */
#include <elf.h>

#include "operand/operand_rows.h"

#define UPPER 0xfffff000U

static int64_t signed_bits(uint64_t number, unsigned int bits)
{
	return (int64_t)(number << (64 - bits)) >> (64 - bits);
}

/* The bits high to low of an instruction, at that place of a number. */
static uint64_t bits(uint64_t code, unsigned int high, unsigned int low, unsigned int at)
{
	return (code >> low & ((1ULL << (high - low + 1)) - 1)) << at;
}

/* auipc: what it adds to its own place. */
static uint64_t upper(uint64_t code)
{
	return (uint64_t)signed_bits(code & UPPER, 32);
}

/* The lower twelve bits of a load or an addition, and of a store. */
static uint64_t lower_load(uint64_t code)
{
	return (uint64_t)signed_bits(bits(code, 31, 20, 0), 12);
}

static uint64_t lower_store(uint64_t code)
{
	return (uint64_t)signed_bits(bits(code, 31, 25, 5) | bits(code, 11, 7, 0), 12);
}

static void whole(struct operand *ret, uint64_t field, uint64_t to)
{
	*ret = (struct operand){.field = field, .known = UINT64_MAX, .to = to};
}

/* A part of an address, which is the sum of both. */
static void part(struct operand *ret, uint64_t field, uint64_t to)
{
	*ret = (struct operand){.field = field, .known = 0, .to = to};
}

static void near(struct operand *ret, uint64_t field, uint64_t place, uint64_t distance,
		 unsigned int size)
{
	whole(ret, field, place + (uint64_t)signed_bits(distance, size));
}

static bool riscv64_read(uint32_t type, uint64_t code, uint64_t place, struct operand *ret)
{
	switch (type) {
	case R_RISCV_CALL:
	case R_RISCV_CALL_PLT:
		whole(ret, UPPER | 0xfff00000ULL << 32,
		      place + upper(code) + lower_load(code >> 32));
		return true;
	case R_RISCV_GOT_HI20:
	case R_RISCV_PCREL_HI20:
		part(ret, UPPER, place + upper(code));
		return true;
	case R_RISCV_PCREL_LO12_I:
		part(ret, 0xfff00000, lower_load(code));
		return true;
	case R_RISCV_PCREL_LO12_S:
		part(ret, 0xfe000f80, lower_store(code));
		return true;
	case R_RISCV_BRANCH:
		near(ret, 0xfe000f80, place,
		     bits(code, 31, 31, 12) | bits(code, 7, 7, 11) | bits(code, 30, 25, 5) |
			     bits(code, 11, 8, 1),
		     13);
		return true;
	case R_RISCV_JAL:
		near(ret, UPPER, place,
		     bits(code, 31, 31, 20) | bits(code, 19, 12, 12) | bits(code, 20, 20, 11) |
			     bits(code, 30, 21, 1),
		     21);
		return true;
	case R_RISCV_RVC_BRANCH:
		near(ret, 0x1c7c, place,
		     bits(code, 12, 12, 8) | bits(code, 6, 5, 6) | bits(code, 2, 2, 5) |
			     bits(code, 11, 10, 3) | bits(code, 4, 3, 1),
		     9);
		return true;
	case R_RISCV_RVC_JUMP:
		near(ret, 0x1ffc, place,
		     bits(code, 12, 12, 11) | bits(code, 8, 8, 10) | bits(code, 10, 9, 8) |
			     bits(code, 6, 6, 7) | bits(code, 7, 7, 6) | bits(code, 2, 2, 5) |
			     bits(code, 11, 11, 4) | bits(code, 5, 3, 1),
		     12);
		return true;
	default:
		return false;
	}
}

/* jal. The assembler writes distances within a section itself. */
static uint32_t riscv64_branch(uint32_t word)
{
	return (word & 0x7f) == 0x6f ? R_RISCV_JAL : 0;
}

const struct operand_row riscv64_operands = {
	.machine = EM_RISCV,
	.read = riscv64_read,
	.branch = riscv64_branch,
	.mapping = true,
	/* arch/riscv/include/asm/alternative-macros.h: .subsection 1 */
	.replacement_behind = true,
};
