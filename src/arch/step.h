/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions, one after the other: how long they are, and where they lead. Nothing else of them
 * is decoded. It changes no module that klplink writes, so it is kept apart from the rows of
 * arch/arch.h.
 */
#ifndef KLP_STEP_H
#define KLP_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

/* What an instruction does to the flow of control. */
struct step {
	uint8_t size; /* in bytes; 0: unknown instruction */
	bool goes_on; /* the next one may follow it, as behind a call */
	bool call;    /* it calls; else it goes itself */
	bool to;      /* it leads, perhaps, to where distance says, from its end */
	bool leaves;  /* it leads, perhaps, to where it does not say: a return, a pointer */
	bool trap;    /* it stops what runs: a bug, or a warning, behind which the kernel goes on */
	int64_t distance;
};

/*
 * Decodes the instruction at code; size bytes are readable. A pair that branches together, with
 * parts of the distance in both, counts as one instruction.
 */
typedef struct step step_fn(const unsigned char *code, size_t size);

/* The decoder of an architecture; NULL: it has none. */
step_fn *step_of(const struct arch *arch);

/*
 * How far behind its symbol a function is entered by those who need nothing else of it, as st_other
 * of the symbol has it: the Power ELFv2 ABI, "Symbol values". 0 on other architectures.
 */
uint64_t step_entry(const struct arch *arch, unsigned char other);

/* The addresses at which instructions may begin are multiples of this. */
size_t step_align(const struct arch *arch);

#endif
