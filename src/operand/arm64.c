// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operands of arm64: "ELF for the Arm 64-bit Architecture", "Static AArch64 relocations" and
 * "Mapping symbols"; the Arm Architecture Reference Manual for A-profile, index by encoding.
 */
#include <elf.h>

#include "operand/operand_rows.h"

#define PAGE 0xfffULL

static int64_t signed_field(uint32_t number, unsigned int bits)
{
	return (int32_t)(number << (32 - bits)) >> (32 - bits);
}

/* A number of so many bits above bit 5 or 0, counted in instructions. */
static void read_distance(uint32_t word, unsigned int low, unsigned int bits, uint64_t place,
			  struct operand *ret)
{
	ret->field = ((1U << bits) - 1) << low;
	ret->known = UINT64_MAX;
	ret->to = place + (uint64_t)(signed_field(word >> low, bits) * 4);
}

/*
 * adrp; or adr with the address of the page, which the linker makes of one that erratum 843419
 * concerns (bfd/elfnn-aarch64.c, _bfd_aarch64_erratum_843419_branch_to_stub()).
 */
static bool read_page(uint32_t word, uint64_t place, struct operand *ret)
{
	int64_t number = signed_field((word >> 3 & 0x1ffffc) | (word >> 29 & 3), 21);
	bool page = word >> 31;

	/* Which of the two it is tells the linker's choice, not another meaning. */
	ret->field = 0xe0ffffe0;
	ret->known = ~PAGE;
	ret->to = page ? (place & ~PAGE) + (uint64_t)number * (PAGE + 1) : place + (uint64_t)number;
	return (word & 0x1f000000) == 0x10000000 && (page || !(ret->to & PAGE));
}

/* "add", and what loads or stores: a number of twelve bits, counted in so many bytes. */
static bool read_low(uint32_t word, unsigned int bytes, struct operand *ret)
{
	ret->field = 0xfffU << 10;
	ret->known = PAGE;
	ret->to = (uint64_t)(word >> 10 & 0xfff) * bytes;
	return ret->to <= PAGE;
}

static bool arm64_read(uint32_t type, uint64_t code, uint64_t place, struct operand *ret)
{
	uint32_t word = (uint32_t)code;

	switch (type) {
	case R_AARCH64_CALL26:
	case R_AARCH64_JUMP26:
		read_distance(word, 0, 26, place, ret);
		return true;
	case R_AARCH64_CONDBR19:
	case R_AARCH64_LD_PREL_LO19:
		read_distance(word, 5, 19, place, ret);
		return true;
	case R_AARCH64_TSTBR14:
		read_distance(word, 5, 14, place, ret);
		return true;
	case R_AARCH64_ADR_PREL_PG_HI21:
	case R_AARCH64_ADR_PREL_PG_HI21_NC:
		return read_page(word, place, ret);
	case R_AARCH64_ADD_ABS_LO12_NC:
	case R_AARCH64_LDST8_ABS_LO12_NC:
		return read_low(word, 1, ret);
	case R_AARCH64_LDST16_ABS_LO12_NC:
		return read_low(word, 2, ret);
	case R_AARCH64_LDST32_ABS_LO12_NC:
		return read_low(word, 4, ret);
	case R_AARCH64_LDST64_ABS_LO12_NC:
		return read_low(word, 8, ret);
	case R_AARCH64_LDST128_ABS_LO12_NC:
		return read_low(word, 16, ret);
	default:
		return false;
	}
}

/* b, bl. The assembler writes distances within a section itself. */
static uint32_t arm64_branch(uint32_t word)
{
	if ((word & 0x7c000000) != 0x14000000)
		return 0;
	return word >> 31 ? R_AARCH64_CALL26 : R_AARCH64_JUMP26;
}

const struct operand_row arm64_operands = {
	.machine = EM_AARCH64,
	.read = arm64_read,
	.branch = arm64_branch,
	.mapping = true,
	/* arch/arm64/include/asm/alternative-macros.h: .subsection 1 */
	.replacement_behind = true,
};
