/* SPDX-License-Identifier: GPL-2.0-only */
/* The names that have to be looked up for a patch. */
#ifndef KLP_COLLECT_H
#define KLP_COLLECT_H

#include "resolve/scope.h"
#include "resolve/uses.h"
#include "symbols/kallsyms.h"

/* Asks for what the objects leave undefined and define, and what the patch replaces; and for the
 * scopes of all tags. */
void collect_names(const struct modules *mods, struct kallsyms *k, struct scopes *scopes);

#endif
