/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By which name the other object file has a piece, too. The compiler numbers clones and static
 * variables within functions as it comes to them, so these numbers say nothing; debug information
 * says whose a static variable is.
 */
#ifndef KLP_IDENTITY_H
#define KLP_IDENTITY_H

#include "diff/pieces.h"

/* Sets identity, function and line of all pieces. error() and -1 when the DWARF is damaged. */
int identities_read(struct pieces *p);

#endif
