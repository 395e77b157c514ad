/* SPDX-License-Identifier: GPL-2.0-only */
/* The one binary search, and the one way to compare what is sorted. */
#ifndef KLP_SEARCH_H
#define KLP_SEARCH_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many elements, of n, the condition holds for. It is an expression of i, the number of an
 * element, and has to hold for the first ones and for none behind them. In sorted numbers,
 * COUNT_FIRST(i, n, a[i] < x) is the place of the first x, and COUNT_FIRST(i, n, a[i] <= x) the
 * place behind the last one.
 */
#define COUNT_FIRST(i, n, condition)                          \
	({                                                    \
		size_t low_ = 0, high_ = (n);                 \
                                                              \
		while (low_ < high_) {                        \
			size_t i = low_ + (high_ - low_) / 2; \
                                                              \
			if (condition)                        \
				low_ = i + 1;                 \
			else                                  \
				high_ = i;                    \
		}                                             \
		low_;                                         \
	})

/*
 * For qsort() and its like: -1, 0 or 1 where the first number is less, equal or greater. For
 * several keys, the first that differs counts: ORDER(a->x, b->x) ?: ORDER(a->y, b->y).
 */
#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* For qsort() and bsearch() of uint64_t. */
static inline int order_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return ORDER(*x, *y);
}

#endif
