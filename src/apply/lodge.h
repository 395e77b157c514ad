/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Putting the image into the process: one thread is stopped for a moment and maps it, the others
 * run on. Nothing of it is used yet.
 */
#ifndef KLP_LODGE_H
#define KLP_LODGE_H

#include "apply/plan.h"
#include "apply/stop.h"

int lodge(struct plan *plan, struct stop *s);

#endif
