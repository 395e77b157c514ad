/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The places that a stretch of code refers to. A relocatable file has relocations; of a linked one
 * (vmlinux) the bytes are searched, not decoded, for what may be an address in them or a distance,
 * so that the caller has to ask whether something it looks for is there.
 */
#ifndef KLP_CODE_REFS_H
#define KLP_CODE_REFS_H

#include <stdbool.h>
#include <stdint.h>

#include "same/code.h"

/* Can the references of this code be found at all? */
bool code_refs_known(const struct code *c);

/* Calls fn for each place that the code from start to end (excluded) refers to, or seems to. */
void code_refs_each(const struct code *c, uint64_t start, uint64_t end,
		    void (*fn)(uint64_t place, void *arg), void *arg);

#endif
