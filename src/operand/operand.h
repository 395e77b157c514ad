/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What object files and linked code of an architecture look like to who compares code and cuts it
 * out: how instructions hold parts of addresses, and what stands beside functions. It changes no
 * module that klplink writes, so it is kept apart from the rows of arch/arch.h.
 */
#ifndef KLP_OPERAND_H
#define KLP_OPERAND_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"

/* The part of an address that an instruction, or a pair of them, holds. */
struct operand {
	uint64_t field; /* the bits of the instruction that a relocation writes */
	uint64_t known; /* the bits of the address that they give; 0: it is a part of a sum */
	uint64_t to;	/* ... and these, or this part */
};

/*
 * Reads the operand of the instruction at code, which stands at place, as a relocation of that type
 * has written it: all bytes that the relocation has (arch_reloc.size) must be there. False where
 * such a relocation writes whole bytes of its own, or is unknown.
 */
bool operand_read(const struct arch *arch, uint32_t type, const unsigned char *code, uint64_t place,
		  struct operand *ret);

/*
 * The type of the relocation that writes where the branch at code leads; 0: it reaches only what is
 * near, or it is for the caller to find where in the instruction the distance stands.
 */
uint32_t operand_branch(const struct arch *arch, const unsigned char *code);

/* Is it a symbol that says only where code and data begin within a section? */
bool operand_is_mapping(const struct arch *arch, const char *symbol);

/*
 * Does what replaces code of a function stand behind it, in the same section (.subsection)? Else it
 * has a section of its own.
 */
bool operand_replacement_behind(const struct arch *arch);

#endif
