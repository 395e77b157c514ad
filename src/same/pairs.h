/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that are to be compared, and the first difference between them. Comparing one pair
 * may add others: those that it refers to. */
#ifndef KLP_SAME_PAIRS_H
#define KLP_SAME_PAIRS_H

#include "same/same.h"

/* Remembers a difference, takes over text, and returns false. */
bool same_differ(struct same *s, uint64_t a, uint64_t b, char *what);

/*
 * Adds a pair to be compared, unless it is there. False when a has another partner already, or at
 * the limit.
 */
bool same_pair_add(struct same *s, uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size);

#endif
