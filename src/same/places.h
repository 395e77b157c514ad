/* SPDX-License-Identifier: GPL-2.0-only */
/* The places that a search of an object's bytes looks for, and who was found to lead there. */
#ifndef KLP_PLACES_H
#define KLP_PLACES_H

#include <stdbool.h>

#include "same/callers.h"

struct places {
	const struct elf_file *elf; /* that is searched */
	struct dwarf_file *d;	    /* whose addresses are given and found */
	uint64_t *to;		    /* ascending, in elf */
	size_t n;
	uint64_t span; /* from the first to the last */
	/* The low 16 bits of each: one look rules out most other addresses. */
	uint8_t low[0x10000 / 8];
	struct callers *ret;
};

/* Looks for n places of d in elf (of a module they may be two files); ret becomes empty. */
void places_begin(struct places *p, const struct elf_file *elf, struct dwarf_file *d,
		  const uint64_t *to, size_t n, struct callers *ret);

/* The same, after the look that rules out most. */
bool places_have_exactly(const struct places *p, uint64_t addr);

/* Is an address in elf one of them? This is asked of every byte of a kernel. */
static inline bool places_have(const struct places *p, uint64_t addr)
{
	return p->n && addr - p->to[0] <= p->span && (p->low[(uint16_t)addr / 8] & 1 << addr % 8) &&
	       places_have_exactly(p, addr);
}

/* Adds a caller: the code at from, in elf, leads to one of the places. */
void places_add(struct places *p, uint64_t to, uint64_t from);

/* Sorts what was found. */
void places_end(struct places *p);

#endif
