/* SPDX-License-Identifier: GPL-2.0-only */
/* The switch from old functions to new ones, or back, in a process that is stopped as a whole. */
#ifndef KLP_SWITCH_H
#define KLP_SWITCH_H

#include "apply/plan.h"
#include "apply/stop.h"

/* Between stop_begin() and stop_end(). Nothing is mapped or computed here. */
int switch_functions(struct plan *plan, struct stop *s);

#endif
