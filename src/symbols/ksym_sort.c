// SPDX-License-Identifier: GPL-2.0-only
/* Sorting symbols by address: see symbols/ksym_sort.h. */
#include "symbols/ksym_sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct key {
	uint64_t addr;
	size_t index;
};

/* Sorts by one byte of the addresses, and leaves those where it is the same in their order. */
static void sort_by_byte(const struct key *from, struct key *to, size_t n, unsigned int shift)
{
	size_t at[256] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[from[i].addr >> shift & 0xff]++;
	for (size_t b = 0; b < ARRAY_SIZE(at); b++) {
		size_t count = at[b];

		at[b] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[from[i].addr >> shift & 0xff]++] = from[i];
}

/* From the last byte to the first, which then counts most. */
static void sort_keys(struct key *key, struct key *other, size_t n)
{
	for (unsigned int shift = 0; shift < 64; shift += 16) {
		sort_by_byte(key, other, n, shift);
		sort_by_byte(other, key, n, shift + 8);
	}
}

static void sort_equal(struct ksym *sym, size_t n, int (*compare)(const void *a, const void *b))
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && sym[end].addr == sym[i].addr; end++)
			;
		if (end - i > 1)
			qsort(sym + i, end - i, sizeof(*sym), compare);
	}
}

void ksym_sort(struct ksym *sym, size_t n, int (*compare)(const void *a, const void *b))
{
	struct key *key = xcalloc(n, sizeof(*key)), *other = xcalloc(n, sizeof(*other));
	struct ksym *copy = xcalloc(n, sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		key[i] = (struct key){sym[i].addr, i};
	sort_keys(key, other, n);
	for (size_t i = 0; i < n; i++)
		copy[i] = sym[key[i].index];
	if (n)
		memcpy(sym, copy, n * sizeof(*sym));
	sort_equal(sym, n, compare);
	free(copy);
	free(key);
	free(other);
}
