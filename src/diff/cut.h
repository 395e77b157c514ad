/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the cut object: an object file with what a patch changes and needs, and nothing else, as
 * if a hand-written file with the kernel file's tag had been compiled to it. It is no module.
 */
#ifndef KLP_CUT_H
#define KLP_CUT_H

#include "diff/select.h"

/*
 * error() and -1, and no file, when it cannot be written, or when its references, read back, are
 * not those of the patched file (diff/relink.h).
 */
int cut_write(const struct diff *d, const struct selection *s, const char *path);

#endif
