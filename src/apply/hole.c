// SPDX-License-Identifier: GPL-2.0-only
/* Where a patch may be mapped: see apply/hole.h. */
#include "apply/hole.h"

#include <string.h>

#include "apply/machine.h"

/* Neighbours keep this distance, so that the kernel joins none of our mappings with theirs. */
#define GUARD 65536ULL
/* The kernel's default of vm.mmap_min_addr. */
#define LOWEST 65536ULL
/* The end of a process's addresses where pages have five levels is not used by default. */
#define HIGHEST 0x7ffffffff000ULL
/* The heap grows upwards, the stack downwards. */
#define HEAP_ROOM (256ULL << 20)
#define STACK_ROOM (256ULL << 20)

bool hole_reaches(uint64_t low, uint64_t high, uint64_t place, uint64_t size)
{
	uint64_t start = place < low ? place : low;
	uint64_t end = place + size > high ? place + size : high;

	return end - start <= machine_here.reach;
}

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* A gap without its margins; false if nothing is left. */
static bool usable(const struct process *p, size_t i, uint64_t *start, uint64_t *end)
{
	const struct process_map *before = i ? &p->map[i - 1] : NULL;
	const struct process_map *behind = i < p->map_count ? &p->map[i] : NULL;
	uint64_t above = GUARD;

	*start = before ? before->end + GUARD : LOWEST;
	if (before && !strcmp(before->path, "[heap]"))
		*start += HEAP_ROOM;
	*end = behind ? behind->start : HIGHEST;
	if (behind && !strcmp(behind->path, "[stack]"))
		above = STACK_ROOM;
	if (*end > HIGHEST)
		*end = HIGHEST;
	*end = *end > above ? *end - above : 0;
	return *start < *end;
}

uint64_t hole_find(const struct process *p, uint64_t size, uint64_t low, uint64_t high,
		   uint64_t taken, uint64_t taken_size)
{
	uint64_t best = 0, distance = UINT64_MAX;

	/* Gap i is the one before mapping i; the nearest place of each is its end or its start. */
	for (size_t i = 0; i <= p->map_count; i++) {
		uint64_t start, end, place, away;

		if (!usable(p, i, &start, &end) || end - start < size)
			continue;
		place = end <= low ? (end - size) & ~4095ULL : (start + 4095) & ~4095ULL;
		if (taken_size && overlaps(place, size, taken - GUARD, taken_size + 2 * GUARD)) {
			/* Below what is taken. */
			if (taken < start + size + 2 * GUARD)
				continue;
			place = (taken - GUARD - size) & ~4095ULL;
		}
		if (place < start || place + size > end || !hole_reaches(low, high, place, size))
			continue;
		away = place < low ? low - place : place - low;
		/* Below is better: what is above may be in the way of the heap. */
		if (place > low)
			away += machine_here.reach;
		if (away < distance) {
			distance = away;
			best = place;
		}
	}
	return best;
}
