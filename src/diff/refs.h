/* SPDX-License-Identifier: GPL-2.0-only */
/* The references of an object file: its relocations, and branches within a section. */
#ifndef KLP_DIFF_REFS_H
#define KLP_DIFF_REFS_H

#include "diff/pieces.h"

/*
 * Reads them, with how far a relative one is from where it counts: instructions are read for that.
 * error() and -1 when relocations or code cannot be read.
 */
int refs_read(struct pieces *p);

/* Finds the pieces that they lead to, when these are known. error() and -1 when one leads nowhere.
 */
int refs_resolve(struct pieces *p);

#endif
