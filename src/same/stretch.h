/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares code byte by byte, apart from what it refers to (same/refs.h) and from what is known to
 * do nothing (same/same.h). */
#ifndef KLP_SAME_STRETCH_H
#define KLP_SAME_STRETCH_H

#include "same/same.h"

/* Are size bytes of code at place a of the one and at place b of the other the same? Else
 * same_differ() has been called. May add pairs to be compared. */
bool same_stretch(struct same *s, uint64_t a, uint64_t b, uint64_t size);

#endif
