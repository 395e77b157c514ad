// SPDX-License-Identifier: GPL-2.0-only
/* What instructions of arm64 do to the flow of control: the Arm Architecture Reference Manual for
 * A-profile, "Branches, Exception Generating and System instructions". */
#include "arch/step_rows.h"

struct step arm64_step(const unsigned char *code, size_t size)
{
	struct step step = {.size = size < 4 ? 0 : 4, .goes_on = true};
	uint32_t word = step.size ? code_word(code) : 0, to = 0, bits = 0;

	if ((word & 0x7c000000) == 0x14000000) { /* b, bl */
		to = word;
		bits = 26;
		step.call = step.goes_on = word >> 31;
	} else if ((word & 0xff000000) == 0x54000000 || (word & 0x7e000000) == 0x34000000) {
		to = word >> 5; /* b.cond, cbz, cbnz */
		bits = 19;
	} else if ((word & 0x7e000000) == 0x36000000) { /* tbz, tbnz */
		to = word >> 5;
		bits = 14;
	} else if ((word & 0xfe000000) == 0xd6000000) { /* blr, blraa; br, ret, eret */
		step.call = step.goes_on = (word >> 21 & 7) == 1;
		step.leaves = !step.call;
	}
	step.trap = (word & 0xffe0001f) == 0xd4200000; /* brk */
	if (bits) {
		step.to = true;
		step.distance = signed_bits(to, bits) * 4 - 4;
	}
	return step;
}
