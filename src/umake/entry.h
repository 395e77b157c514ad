/* SPDX-License-Identifier: GPL-2.0-only */
/* How a function of a program begins, where the jump to its new function will be. */
#ifndef KLP_ENTRY_H
#define KLP_ENTRY_H

#include "binary/binary.h"
#include "user/format.h"

/* Bytes of the jump. */
#define ENTRY_JUMP 5

struct func_entry {
	uint64_t jump, room; /* struct user_func */
	uint8_t first[USER_FIRST_MAX];
	size_t first_size; /* 0: there is no code */
};

void entry_read(const struct binary *b, uint64_t addr, uint64_t size, struct func_entry *ret);

#endif
