// SPDX-License-Identifier: GPL-2.0-only
/* A unit of its own, which includes.c includes as well, as fs/compat_binfmt_elf.c does it. */
#include "mini.h"

static noinline noclone int included_step(int x)
{
	return (int)sink(x) - 13;
}

#ifndef INCLUDED_RUN
#define INCLUDED_RUN included_run
#endif
int INCLUDED_RUN(int x);
int INCLUDED_RUN(int x)
{
	return included_step(x) * 2;
}
