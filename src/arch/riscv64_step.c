// SPDX-License-Identifier: GPL-2.0-only
/*
 * What instructions of riscv64 do to the flow of control: the RISC-V Instruction Set Manual, volume
 * I: jal, jalr, branches, auipc with jalr, and the small ones; volume II: sret.
 */
#include "arch/step_rows.h"

/* jalr and what a pair with it makes: rd is x0 in a jump */
static struct step riscv64_pair(uint32_t upper, uint32_t word)
{
	bool call = word & 0xf80;

	if (upper)
		return (struct step){
			.size = 8,
			.goes_on = call,
			.call = call,
			.to = true,
			.distance = (int32_t)(upper & 0xfffff000) + signed_bits(word >> 20, 12) - 8,
		};
	return (struct step){.size = 4, .goes_on = call, .call = call, .leaves = !call};
}

/* Instructions of two bytes: c.j, c.beqz, c.bnez; c.jr, c.jalr */
static struct step riscv64_small_step(uint32_t word)
{
	struct step step = {.size = 2, .goes_on = true};
	uint32_t kind = word & 0xe003, to;

	if (kind == 0xa001) {
		to = (word >> 1 & 0x800) | (word << 2 & 0x400) | (word >> 1 & 0x300) |
		     (word << 1 & 0x80) | (word >> 1 & 0x40) | (word << 3 & 0x20) |
		     (word >> 7 & 0x10) | (word >> 2 & 0xe);
		step = (struct step){2, false, false, true, false, false, signed_bits(to, 12) - 2};
	} else if (kind == 0xc001 || kind == 0xe001) {
		to = (word >> 4 & 0x100) | (word << 1 & 0xc0) | (word << 3 & 0x20) |
		     (word >> 7 & 0x18) | (word >> 2 & 0x6);
		step = (struct step){2, true, false, true, false, false, signed_bits(to, 9) - 2};
	} else if (kind == 0x8002 && !(word & 0x7c) && (word & 0xf80)) {
		step.call = step.goes_on = word & 0x1000;
		step.leaves = !step.call;
	}
	step.trap = word == 0x9002;
	return step;
}

struct step riscv64_step(const unsigned char *code, size_t size)
{
	struct step step = {.size = 4, .goes_on = true};
	uint32_t word, next, to;

	if (size < 2 || (size < 4 && (code[0] & 3) == 3))
		return (struct step){.size = 0};
	if ((code[0] & 3) != 3)
		return riscv64_small_step(code[0] | (uint32_t)code[1] << 8);
	word = code_word(code);
	switch (word & 0x7f) {
	case 0x17:
		next = size < 8 ? 0 : code_word(code + 4);
		if ((next & 0x707f) == 0x67 && (next >> 15 & 31) == (word >> 7 & 31))
			return riscv64_pair(word, next);
		break;
	case 0x67:
		return riscv64_pair(0, word);
	case 0x6f:
		to = (word >> 11 & 0x100000) | (word & 0xff000) | (word >> 9 & 0x800) |
		     (word >> 20 & 0x7fe);
		step.to = true;
		step.call = step.goes_on = word & 0xf80;
		step.distance = signed_bits(to, 21) - 4;
		break;
	case 0x63:
		to = (word >> 19 & 0x1000) | (word << 4 & 0x800) | (word >> 20 & 0x7e0) |
		     (word >> 7 & 0x1e);
		step.to = true;
		step.distance = signed_bits(to, 13) - 4;
		break;
	case 0x73:
		step.trap = word == 0x00100073;
		step.leaves = word == 0x10200073 || word == 0x30200073;
		step.goes_on = !step.leaves;
		break;
	default:
		break;
	}
	return step;
}
