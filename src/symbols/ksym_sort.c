// SPDX-License-Identifier: GPL-2.0-only
/* Sorting symbols by address: see symbols/ksym_sort.h. */
#include "symbols/ksym_sort.h"

#include <stdlib.h>

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

/*
 * The bits by which addresses are in order: those that differ. In x86_64's kernel that is the lower
 * half, also where per-CPU symbols begin at 0, because the upper half repeats bit 31.
 */
static uint64_t bits_that_count(const struct key *key, size_t n)
{
	uint64_t differ = 0;
	bool extended = true;

	for (size_t i = 0; i < n; i++) {
		differ |= key[i].addr ^ key[0].addr;
		extended &= key[i].addr == (uint64_t)(int64_t)(int32_t)key[i].addr;
	}
	return extended ? (uint32_t)differ : differ;
}

/*
 * From the last byte to the first, which then counts most. Returns the one of the two arrays that
 * is sorted.
 */
static struct key *sort_keys(struct key *key, struct key *other, size_t n)
{
	uint64_t count = bits_that_count(key, n);

	for (unsigned int shift = 0; shift < 64; shift += 8) {
		struct key *from = key;

		if (!(count >> shift & 0xff))
			continue;
		sort_by_byte(from, other, n, shift);
		key = other;
		other = from;
	}
	return key;
}

/*
 * Moves the symbols to where their keys are, round after round of those that take each other's
 * places: a copy of all would be megabytes.
 */
static void move_to_keys(struct ksym *sym, struct key *key, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ksym first;
		size_t at = i, from;

		if (key[i].index == i)
			continue;
		first = sym[i];
		while ((from = key[at].index) != i) {
			sym[at] = sym[from];
			key[at].index = at;
			at = from;
		}
		sym[at] = first;
		key[at].index = at;
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
	struct key *key = xrealloc(NULL, n, sizeof(*key)),
		   *other = xrealloc(NULL, n, sizeof(*other));

	for (size_t i = 0; i < n; i++)
		key[i] = (struct key){sym[i].addr, i};
	move_to_keys(sym, sort_keys(key, other, n), n);
	sort_equal(sym, n, compare);
	free(key);
	free(other);
}
