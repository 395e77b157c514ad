/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All symbols of a kernel in the order of their addresses. There are hundreds of thousands, and
 * nearly all have an address of their own: going by its bytes is several times as fast as qsort().
 */
#ifndef KLP_KSYM_SORT_H
#define KLP_KSYM_SORT_H

#include <stddef.h>

#include "symbols/kallsyms.h"

/* Sorts n symbols by address, those of one address as compare says, which is as for qsort(). */
void ksym_sort(struct ksym *sym, size_t n, int (*compare)(const void *a, const void *b));

#endif
