/* SPDX-License-Identifier: GPL-2.0-only */
/* What other files of the kernel than the tagged one have of a name. */
#ifndef KLP_ADVICE_SEARCH_H
#define KLP_ADVICE_SEARCH_H

#include <stdbool.h>

#include "resolve/advice.h"

/*
 * Looks for a function, a variable or an enumeration's constant of that name, or for a type, in the
 * object and then in vmlinux: what a header has, else what other files can refer to, else a static
 * one. *unit is the one that it was found in, for advice_unit_free(). False when none has it.
 */
bool advice_search(struct objects *objects, struct object *first, const char *name, bool type,
		   struct advice_unit **unit, struct advice *ret);

/* Frees a unit that advice_search() has returned, or NULL. */
void advice_unit_free(struct advice_unit *u);

#endif
