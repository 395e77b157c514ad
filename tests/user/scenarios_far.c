// SPDX-License-Identifier: GPL-2.0-only
/* A library that tests/user-scenarios.t has loaded by dlopen(), and built with text relocations as
 * well. */
#ifndef NAME
#define NAME far_dlopen
#endif

static long far_kept = 1;

__attribute__((noipa)) static long far_helper(long x)
{
	return x * far_kept;
}

__attribute__((noipa)) long NAME(long x)
{
	/* The first 16 bytes have no relocation. */
	for (volatile long i = 0; i < 3; i++)
		x += i;
	return far_helper(x) - 2;
}
