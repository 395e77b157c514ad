// SPDX-License-Identifier: GPL-2.0-only
/* Compiled without unwind information and frame pointers. */
#include "server.h"

__attribute__((noinline, noipa)) int plain_call(int (*f)(int), int x)
{
	return f(x) + 1;
}
