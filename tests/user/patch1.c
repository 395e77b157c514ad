// SPDX-License-Identifier: GPL-2.0-only
/* Version 1 for server.c: static functions and data, thread-local storage, libc, constants, state.
 */
#include <stdio.h>
#include <string.h>

extern int counter;
extern __thread int local;
extern int helper(int x);
static int calls;

int work_new(int x)
{
	char text[32];
	double d __attribute__((aligned(16))) = x + 0.5;

	local++;
	calls++;
	snprintf(text, sizeof(text), "%.2f", d);
	return 1000 * calls + 100 * (int)strlen(text) + helper(x) + local;
}

int block_new(int x)
{
	return 5000 + x + counter;
}
