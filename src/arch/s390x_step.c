// SPDX-License-Identifier: GPL-2.0-only
/* What instructions of s390x do to the flow of control: z/Architecture Principles of Operation. */
#include "arch/step_rows.h"

#include <string.h>

/* A relative operand counts in halfwords from the beginning of its instruction. */
static struct step s390x_to(uint8_t size, bool goes_on, bool call, int64_t halfwords)
{
	return (struct step){size, goes_on, call, true, false, false, halfwords * 2 - size};
}

/* z/Architecture Principles of Operation, "Branch instructions" and what branches as it compares */
static struct step s390x_long_step(const unsigned char *code)
{
	static const unsigned char near[] = {0x44, 0x45, 0x64, 0x65, 0x76,
					     0x77, 0x7c, 0x7d, 0x7e, 0x7f};
	static const unsigned char pointer[] = {0xe4, 0xe5, 0xf6, 0xf7, 0xfc, 0xfd, 0xfe, 0xff};
	uint32_t far = (uint32_t)code[2] << 24 | (uint32_t)code[3] << 16 | (uint32_t)code[4] << 8 |
		       code[5];
	unsigned int kind = code[0] << 4 | (code[1] & 0xf);

	if (kind == 0xc04 && code[1] >> 4) /* brcl */
		return s390x_to(6, code[1] >> 4 != 15, false, (int32_t)far);
	if (kind == 0xc05 || kind == 0xcc6) /* brasl, brcth */
		return s390x_to(6, true, kind == 0xc05, (int32_t)far);
	if (code[0] == 0xec && memchr(near, code[5], sizeof(near)))
		return s390x_to(6, true, false, signed_bits(far >> 16, 16));
	if ((code[0] == 0xec && memchr(pointer, code[5], sizeof(pointer))) ||
	    (code[0] == 0xeb && (code[5] & 0xfe) == 0x44) ||
	    (code[0] == 0xe3 && (code[5] & 0xfe) == 0x46)) /* bxhg, bxleg, bctg, bic */
		return (struct step){6, true, false, false, true, false, 0};
	return (struct step){.size = 6, .goes_on = true};
}

struct step s390x_step(const unsigned char *code, size_t size)
{
	uint8_t len = size < 2 ? 0 : code[0] < 0x40 ? 2 : code[0] < 0xc0 ? 4 : 6;
	struct step step = {.size = len, .goes_on = true};
	unsigned int mask, low;
	int64_t near;

	if (!len || size < len)
		return (struct step){.size = 0};
	if (len == 6)
		return s390x_long_step(code);
	mask = code[1] >> 4;
	low = code[1] & 0xf;
	near = len == 2 ? 0 : signed_bits((uint32_t)code[2] << 8 | code[3], 16);
	switch (code[0]) {
	case 0x07: /* bcr; without a mask or a register it does nothing */
		step.leaves = mask && low;
		step.goes_on = !step.leaves || mask != 15;
		break;
	case 0x06: /* bctr */
		step.leaves = low;
		break;
	case 0x05: /* balr, bassm, basr */
	case 0x0c:
	case 0x0d:
		step.call = low;
		break;
	case 0xaf: /* mc */
		step.trap = true;
		break;
	case 0x45: /* bal, bas */
	case 0x4d:
		step.call = true;
		break;
	case 0x0b: /* bsm, lpsw */
	case 0x82:
		step.leaves = true;
		step.goes_on = false;
		break;
	case 0xb2: /* lpswe */
		step.leaves = code[1] == 0xb2;
		step.goes_on = !step.leaves;
		break;
	case 0x46: /* bct, bxh, bxle */
	case 0x86:
	case 0x87:
		step.leaves = true;
		break;
	case 0x47: /* bc */
		step.leaves = mask;
		step.goes_on = mask != 15;
		break;
	case 0x84: /* brxh, brxle */
	case 0x85:
		return s390x_to(4, true, false, near);
	case 0xa7: /* brc, bras, brct, brctg */
		if (low == 4 && mask)
			return s390x_to(4, mask != 15, false, near);
		if (low >= 5 && low <= 7)
			return s390x_to(4, true, low == 5, near);
		break;
	default:
		break;
	}
	return step;
}
