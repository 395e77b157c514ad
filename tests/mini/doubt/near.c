// SPDX-License-Identifier: GPL-2.0-only
/* A clone so near to its callers that these jump to it with a distance of one byte. */
#include "mini.h"

noinline int nearby(int x, int factor);
noinline int nearby(int x, int factor)
{
	return (int)sink(x % factor) % factor;
}

noinline int nearby_caller(int x);
noinline int nearby_caller(int x)
{
	return nearby(x, 8);
}

noinline int nearby_other(int x);
noinline int nearby_other(int x)
{
	return nearby(x + 1, 8);
}
