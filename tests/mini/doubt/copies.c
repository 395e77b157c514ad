// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions with more code than that of their own symbol: inlined, by way of others too, cloned for a
 * constant argument, split so that only the head is inlined; and header.h's.
 */
#include "header.h"

/* Global, so that it keeps its symbol; inlined in this file. */
int copied(int x);
int copied(int x)
{
	return x * 7 + 1;
}

noinline int copied_once(int x);
noinline int copied_once(int x)
{
	return (int)sink(copied(x));
}

/* Has copied() by way of this. */
static __always_inline int copied_between(int x)
{
	return copied(x) - 9;
}

noinline int copied_twice(int x);
noinline int copied_twice(int x)
{
	return (int)sink(copied_between(x)) + copied(x + 1);
}

/* Runs once, before any patch. */
noinline int __init copied_init(int x);
noinline int __init copied_init(int x)
{
	return (int)sink(copied(x));
}

/* Inlined into one that cannot be patched. */
int alone(int x);
int alone(int x)
{
	return x * 11 + 3;
}

notrace noinline int copied_notrace(int x);
notrace noinline int copied_notrace(int x)
{
	return (int)sink(alone(x));
}

/* Nobody else has this one's code. */
noinline noclone int single(int x);
noinline noclone int single(int x)
{
	return (int)sink(x) + copied_init(x);
}

/* Its local calls pass a constant: cloned.constprop.0 beside cloned(). */
noinline int cloned(int x, int factor);
noinline int cloned(int x, int factor)
{
	int total = 0;

	for (int i = 0; i < x; i++)
		total += (int)sink((long)i * factor) / factor;
	return total;
}

noinline int cloned_caller(int x);
noinline int cloned_caller(int x)
{
	return cloned(x, 12345) + 1;
}

noinline int cloned_other(int x);
noinline int cloned_other(int x)
{
	return cloned(x, 12345) - 1;
}

/* Its test is inlined into the caller, the rest stays as parted.part.0. */
int parted(int x);
int parted(int x)
{
	int total = 0;

	if (x < 0)
		return -1;
	for (int i = 0; i < x; i++) {
		total += (int)sink(i * 3) * (int)sink(i * 5);
		total ^= (int)sink(total) - (int)sink(total - x);
		total += (int)sink(i - total) / ((int)sink(7) + 1);
		total -= (int)sink(total * 9) + (int)sink(total * x);
	}
	return total;
}

noinline int parted_caller(int x);
noinline int parted_caller(int x)
{
	return parted(x + 4) + parted(x);
}

noinline int __init header_init(int x);
noinline int __init header_init(int x)
{
	return (int)sink(header_inlined(x));
}

int header_here(int x);
int header_here(int x)
{
	return header_step(x) + header_inlined(x);
}
