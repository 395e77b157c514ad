// SPDX-License-Identifier: GPL-2.0-only
/* Inlines what another file defines, where the two are optimised together. */
#include "mini.h"

int copied(int x);

noinline int copied_across(int x);
noinline int copied_across(int x)
{
	return (int)sink(copied(x)) - 5;
}
