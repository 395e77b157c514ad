// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that are one: folded_one() and folded_two() have equal code, so that gcc makes one of
 * them; named_one() has another name in the source; folded_not() is like none.
 */
#include "mini.h"

static noinline int folded_one(int x)
{
	int total = 0;

	for (int i = 0; i < x; i++)
		total += (int)sink(i * 7);
	return total;
}

static noinline int folded_two(int x)
{
	int total = 0;

	for (int i = 0; i < x; i++)
		total += (int)sink(i * 7);
	return total;
}

static noinline noclone int folded_not(int x)
{
	return (int)sink(x) * 11;
}

int named_one(int x);
noinline noclone int named_one(int x)
{
	return folded_one(x) + folded_two(x + 1) * 3 + folded_not(x);
}

int named_two(int x) __attribute__((alias("named_one")));

int folded_use(int x);
int folded_use(int x)
{
	return named_one(x) + named_two(x + 2);
}
