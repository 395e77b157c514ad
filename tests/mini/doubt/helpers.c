// SPDX-License-Identifier: GPL-2.0-only
/* Helpers of the functions that a patch replaces, and who else uses them. */
#include "helpers.h"

#define HELPER_STEP 3

/* Has code of its own; called by two. */
static noinline int called_helper(int x)
{
	int total = HELPER_STEP;

	/* Comments do not count. */
	if (x > 4)
		total += (int)sink(x);
	total *= (int)sink(x + 1);
	return total;
}

int called_first(int x);
int called_first(int x)
{
	return called_helper(x) + 1;
}

int called_second(int x);
int called_second(int x)
{
	return called_helper(x) - 1;
}

/* Inlined into two. */
static __always_inline int inlined_helper(int x, int by)
{
	int total = x;

	if (x > 4)
		total += (int)sink(by);
	total *= (int)sink(x + 1);
	return total;
}

int inlined_first(int x);
int inlined_first(int x)
{
	return inlined_helper(x, 4) + 1;
}

int inlined_second(int x);
int inlined_second(int x)
{
	return inlined_helper(x, 5) - 1;
}

int header_user(int x);
int header_user(int x)
{
	return header_helper(x) + 1;
}

/* Called by one, and found in a table. */
static noinline int table_helper(int x)
{
	int more = (int)sink(x);

	return more * 3;
}

int table_user(int x);
int table_user(int x)
{
	return table_helper(x) + 1;
}

struct helper_table {
	int (*helper)(int x);
};
extern const struct helper_table helper_table;
const struct helper_table helper_table = {.helper = table_helper};

/* Called by what nothing else than the one calls, which a patch replaces. */
static noinline int deep_helper(int x)
{
	int more = (int)sink(x);

	return more * 7;
}

static noinline int deep_between(int x)
{
	return deep_helper(x) + (int)sink(x);
}

int deep_user(int x);
int deep_user(int x)
{
	return deep_between(x) + 1;
}

/* Goes on counting in the kernel. */
int counting(int x);
int counting(int x)
{
	static int count, limit = 7;
	static bool __warned;
	static const int factor[] = {3, 5, 7, 9};

	if (!__warned)
		__warned = sink(x) > 3;
	count += x;
	if (count > limit)
		limit += (int)sink(count);
	return count * factor[x & 3];
}

/* Takers of functions: one keeps it, one waits for those that are kept, one calls it at once. */
noinline noclone void call_rcu(void *head, void (*fn)(void *head));
noinline noclone void call_rcu(void *head, void (*fn)(void *head))
{
	sink((long)head + (long)fn);
}

noinline noclone void rcu_barrier(void);
noinline noclone void rcu_barrier(void)
{
	sink(0);
}

noinline noclone void register_table(const struct helper_table *table);
noinline noclone void register_table(const struct helper_table *table)
{
	sink((long)table);
}

noinline noclone void sort(void *base, int (*compare)(const void *a, const void *b));
noinline noclone void sort(void *base, int (*compare)(const void *a, const void *b))
{
	sink((long)base + compare(base, base));
}

int taker_user(int x);
int taker_user(int x)
{
	return x + 1;
}
