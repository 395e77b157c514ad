/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing the livepatch module that a link_plan describes. */
#ifndef KLP_LINK_WRITE_H
#define KLP_LINK_WRITE_H

#include "link/plan.h"

/*
 * Writes the module to path: beside it first, then renamed. Same input, same bytes.
 * error() and -1 on any failure; nothing is left then, and an older file at path is untouched.
 */
int link_write(const struct link_plan *plan, const char *path);

#endif
