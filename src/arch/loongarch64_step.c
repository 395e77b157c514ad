// SPDX-License-Identifier: GPL-2.0-only
/*
 * What instructions of loongarch64 do to the flow of control: the LoongArch Reference Manual,
 * volume 1, "Branch Instructions"; pcaddu18i with jirl.
 */
#include "arch/step_rows.h"

struct step loongarch64_step(const unsigned char *code, size_t size)
{
	struct step step = {.size = size < 4 ? 0 : 4, .goes_on = true};
	uint32_t word = step.size ? code_word(code) : 0, low = word >> 10 & 0xffff, next;

	switch (word >> 26) {
	case 0x07: /* pcaddu18i, in one half of these */
		next = size < 8 || !(word >> 25 & 1) ? 0 : code_word(code + 4);
		if (next >> 26 != 0x13 || (next >> 5 & 31) != (word & 31))
			break;
		step.size = 8;
		step.to = true;
		step.call = step.goes_on = next & 31;
		step.distance = signed_bits(word >> 5, 20) * (1 << 18) +
				signed_bits(next >> 10, 16) * 4 - 8;
		break;
	case 0x10: /* beqz, bnez, bceqz, bcnez */
	case 0x11:
	case 0x12:
		step.to = true;
		step.distance = signed_bits(low | (word & 31) << 16, 21) * 4 - 4;
		break;
	case 0x13: /* jirl */
		step.call = step.goes_on = word & 31;
		step.leaves = !step.call;
		break;
	case 0x14: /* b, bl */
	case 0x15:
		step.to = true;
		step.call = step.goes_on = word >> 26 == 0x15;
		step.distance = signed_bits(low | (word & 0x3ff) << 16, 26) * 4 - 4;
		break;
	case 0x16: /* beq, bne, blt, bge, bltu, bgeu */
	case 0x17:
	case 0x18:
	case 0x19:
	case 0x1a:
	case 0x1b:
		step.to = true;
		step.distance = signed_bits(low, 16) * 4 - 4;
		break;
	default:
		step.trap = (word & 0xffff8000) == 0x002a0000; /* break */
		step.leaves = word == 0x06483800;	       /* ertn */
		step.goes_on = !step.leaves;
	}
	return step;
}
