/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of src/operand, a file each; only these and operand/operand.c include it. */
#ifndef KLP_OPERAND_ROWS_H
#define KLP_OPERAND_ROWS_H

#include "operand/operand.h"

/* See operand/operand.h; NULL or false: there is no such thing. */
struct operand_row {
	uint16_t machine;
	/* code: as many bytes as the relocation has, the first one lowest */
	bool (*read)(uint32_t type, uint64_t code, uint64_t place, struct operand *ret);
	uint32_t (*branch)(uint32_t word);
	bool mapping;
	bool replacement_behind;
};

extern const struct operand_row arm64_operands, riscv64_operands;

#endif
