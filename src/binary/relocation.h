/* SPDX-License-Identifier: GPL-2.0-only */
/* What the dynamic relocations of an architecture do to a word. */
#ifndef KLP_RELOCATION_H
#define KLP_RELOCATION_H

#include <stdint.h>

enum word_kind {
	WORD_OTHER,
	WORD_NONE,     /* nothing */
	WORD_BASE,     /* where the file is loaded + addend */
	WORD_SYMBOL,   /* address of a symbol + addend */
	WORD_CALL,     /* the same, perhaps not before it is first called */
	WORD_RESOLVER, /* what the function at base + addend answers */
	WORD_TLSMOD,   /* the number of the thread-local storage of a symbol, or of the file */
	WORD_TLSOFF,   /* the place of a symbol in there */
	WORD_TPOFF,    /* its distance from the thread pointer */
};

enum word_kind word_kind(uint16_t machine, uint32_t type);

#endif
