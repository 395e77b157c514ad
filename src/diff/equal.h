/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a piece is in the patched file what it was. */
#ifndef KLP_EQUAL_H
#define KLP_EQUAL_H

#include "diff/diff.h"

/*
 * The same bytes; references that lead to the same thing, which is the paired piece, or what is
 * equal where it has no identity; and the same said of it in the kernel's tables. What does nothing
 * is passed over: the line of a warning, where ftrace has its call sites, notes for objtool.
 */
bool diff_equal(struct diff *d, size_t was, size_t is);

#endif
