/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether two references mean the same thing. */
#ifndef KLP_SAME_REFS_H
#define KLP_SAME_REFS_H

#include "same/same.h"

/* What holds the reference: a distance in code, an address in code, or a table about code. */
enum same_kind { SAME_CALL, SAME_ADDRESS, SAME_DATA };

/*
 * Where the bytes at a place of b lead when they are read as a relocation of that form has written
 * them.
 */
struct code_ref same_other_ref(const struct same *s, uint64_t place, size_t size, bool relative,
			       unsigned int tail);

/*
 * Do both references lead to the same thing? They stand at a_at and b_at. May add pairs of
 * functions that have to be compared.
 */
bool same_ref(struct same *s, const struct code_ref *a, const struct code_ref *b,
	      enum same_kind kind, uint64_t a_at, uint64_t b_at);

/*
 * The same where b's code loads the address from a pointer at that place. Position-independent
 * kernels set their pointers when they start, and their files may have no values of them. Then it
 * can only be told that b has for this symbol of a one pointer everywhere, and none for another
 * symbol.
 */
bool same_pointer(struct same *s, const struct code_ref *a, uint64_t pointer, uint64_t a_at,
		  uint64_t b_at);

#endif
