// SPDX-License-Identifier: GPL-2.0-only
/* A library that is patched: static data, thread-local storage, a function by pointer. */
#include "server.h"

static int lib_count = 100;
static __thread int lib_local = 40;
int lib_public = 7;

__attribute__((noinline, noipa)) static int lib_static(int x)
{
	return x + lib_count++;
}

__attribute__((noinline, noipa)) int lib_work(int x)
{
	lib_local++;
	return lib_static(x) + lib_local;
}

__attribute__((noinline, noipa)) int lib_call(int (*f)(int), int x)
{
	return f(x) + 1;
}
