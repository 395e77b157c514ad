/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of a patch as it is to stand in one process: its place, its words, the ways to it from
 * targets that are too far off for a jump, and the record before it.
 */
#ifndef KLP_IMAGE_H
#define KLP_IMAGE_H

#include "apply/plan.h"

/* Prepares plan->made and plan->map; old has the bytes at the entry of each function. */
int image_prepare(struct plan *plan, unsigned char (*old)[USER_FIRST_MAX + MACHINE_JUMP_MAX]);

#endif
