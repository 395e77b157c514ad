// SPDX-License-Identifier: GPL-2.0-only
/* What instructions of ppc64le do to the flow of control: the Power ISA, "Branch Facility". */
#include "arch/step_rows.h"

struct step ppc64le_step(const unsigned char *code, size_t size)
{
	struct step step = {.size = size < 4 ? 0 : 4, .goes_on = true};
	uint32_t word = step.size ? code_word(code) : 0, more = word >> 1 & 0x3ff;
	bool link = word & 1, absolute = word & 2, always = (word >> 21 & 0x14) == 0x14;

	step.trap = word == 0x7fe00008;
	switch (word >> 26) {
	case 1:
		step.size = 8;
		break;
	case 18: /* b, bl */
		step = (struct step){4, link, link, !absolute, absolute, false, 0};
		step.distance = signed_bits(word & 0x03fffffc, 26) - 4;
		break;
	case 16: /* bc */
		step = (struct step){4, link || !always, link, !absolute, absolute, false, 0};
		step.distance = signed_bits(word & 0xfffc, 16) - 4;
		break;
	case 19:
		if (more == 16 || more == 528 || more == 560) /* bclr, bcctr, bctar */
			step = (struct step){4, link || !always, link, false, !link, false, 0};
		else if (more == 18 || more == 274) /* rfid, hrfid */
			step = (struct step){4, false, false, false, true, false, 0};
		break;
	default:
		break;
	}
	return step;
}
