// SPDX-License-Identifier: GPL-2.0-only
/* What guarded.h declares. */
#include "guarded.h"
#include "mini.h"

int guarded(int x)
{
	return (int)sink(x);
}

int guarded_too(int x)
{
	return (int)sink(x + 1);
}

int guarded_not(int x)
{
	return (int)sink(x + 2);
}
