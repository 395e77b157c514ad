/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of each function that a patch changes. */
#ifndef KLP_FATE_H
#define KLP_FATE_H

#include "diff/diff.h"

/* Why the kernel cannot redirect a function as it was, or NULL. */
typedef const char *unpatchable_fn(size_t was, void *arg);

/*
 * Sets the fate of all pieces. A changed function is replaced; where that is impossible, because it
 * is a clone whose arguments are the compiler's business, because its prototype differs, or because
 * the kernel cannot redirect it, the functions that use it are replaced in its place. error() for
 * each change that no livepatch can make; all are reported.
 */
void diff_fates(struct diff *d, const char *path, unpatchable_fn *unpatchable, void *arg);

/* Is there anything that a livepatch would have to do? */
bool diff_is_empty(const struct diff *d);

#endif
