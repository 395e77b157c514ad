/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The places where a patch takes the address of one of its new functions: they get the address of
 * the function that it replaces, which is still there when the patch has gone.
 */
#ifndef KLP_ADDRESSES_H
#define KLP_ADDRESSES_H

#include "klp/table.h"
#include "resolve/replaced.h"
#include "resolve/rules.h"
#include "resolve/uses.h"

/* Adds these places to the table; errors are counted, not returned. */
void decide_addresses(const struct resolver *r, const struct modules *mods,
		      const struct replacements *replaced, struct symtable *table);

#endif
