/* SPDX-License-Identifier: GPL-2.0-only */
/* Which pieces of the two files are the same thing. */
#ifndef KLP_PAIR_H
#define KLP_PAIR_H

#include "diff/diff.h"

/*
 * Sets the pairs. By identity; where several pieces have the same one (clones of a function, static
 * variables of one name in it), those that are equal first, then by their order.
 */
void diff_pair(struct diff *d);

#endif
