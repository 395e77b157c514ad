// SPDX-License-Identifier: GPL-2.0-only
/* A weak function that kernel/gamma.c overrides, and one that nobody does. */
#include "mini.h"

__weak int arch_hook(int x)
{
	return (int)sink(x) - 1;
}

__weak int weak_kept(int x)
{
	return x - 2;
}
