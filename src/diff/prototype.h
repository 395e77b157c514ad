/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a function is called as before: old callers run on until the transition is over. */
#ifndef KLP_DIFF_PROTOTYPE_H
#define KLP_DIFF_PROTOTYPE_H

#include "diff/diff.h"

/* How the prototype of a function differs from what it was; NULL: it does not. */
const char *prototype_change(struct diff *d, size_t was, size_t is);

#endif
