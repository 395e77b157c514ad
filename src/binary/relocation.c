// SPDX-License-Identifier: GPL-2.0-only
/* Dynamic relocations, one table per architecture: see binary/relocation.h. */
#include "binary/relocation.h"

#include <elf.h>
#include <stddef.h>

#include "base/util.h"

static const struct {
	uint16_t machine;
	uint32_t type;
	enum word_kind kind;
} words[] = {
	{EM_X86_64, R_X86_64_NONE, WORD_NONE},
	{EM_X86_64, R_X86_64_RELATIVE, WORD_BASE},
	{EM_X86_64, R_X86_64_64, WORD_SYMBOL},
	{EM_X86_64, R_X86_64_GLOB_DAT, WORD_SYMBOL},
	{EM_X86_64, R_X86_64_JUMP_SLOT, WORD_CALL},
	{EM_X86_64, R_X86_64_IRELATIVE, WORD_RESOLVER},
	{EM_X86_64, R_X86_64_DTPMOD64, WORD_TLSMOD},
	{EM_X86_64, R_X86_64_DTPOFF64, WORD_TLSOFF},
	{EM_X86_64, R_X86_64_TPOFF64, WORD_TPOFF},
	{EM_AARCH64, R_AARCH64_NONE, WORD_NONE},
	{EM_AARCH64, R_AARCH64_RELATIVE, WORD_BASE},
	{EM_AARCH64, R_AARCH64_ABS64, WORD_SYMBOL},
	{EM_AARCH64, R_AARCH64_GLOB_DAT, WORD_SYMBOL},
	{EM_AARCH64, R_AARCH64_JUMP_SLOT, WORD_CALL},
	{EM_AARCH64, R_AARCH64_IRELATIVE, WORD_RESOLVER},
	{EM_AARCH64, R_AARCH64_TLS_DTPMOD, WORD_TLSMOD},
	{EM_AARCH64, R_AARCH64_TLS_DTPREL, WORD_TLSOFF},
	{EM_AARCH64, R_AARCH64_TLS_TPREL, WORD_TPOFF},
	{EM_RISCV, R_RISCV_NONE, WORD_NONE},
	{EM_RISCV, R_RISCV_RELATIVE, WORD_BASE},
	{EM_RISCV, R_RISCV_64, WORD_SYMBOL},
	{EM_RISCV, R_RISCV_JUMP_SLOT, WORD_CALL},
	{EM_RISCV, R_RISCV_IRELATIVE, WORD_RESOLVER},
	{EM_RISCV, R_RISCV_TLS_DTPMOD64, WORD_TLSMOD},
	{EM_RISCV, R_RISCV_TLS_DTPREL64, WORD_TLSOFF},
	{EM_RISCV, R_RISCV_TLS_TPREL64, WORD_TPOFF},
};

enum word_kind word_kind(uint16_t machine, uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (words[i].machine == machine && words[i].type == type)
			return words[i].kind;
	}
	return WORD_OTHER;
}
