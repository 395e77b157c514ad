// SPDX-License-Identifier: GPL-2.0-only
/* Compiled twice, as kernel/futex or lib/decompress files are: TWICE is a or b. */
#include "mini.h"

#define PASTE(a, b) a##b
#define NAME(a, b) PASTE(a, b)

static int twice_state = 1;

static noinline noclone int twice_step(int x)
{
	return x + twice_state++;
}

#ifdef TWICE_EXTRA
static int twice_extra;
#endif

int NAME(twice_run_, TWICE)(int x)
{
#ifdef TWICE_EXTRA
	twice_extra += x;
	x += twice_extra;
#endif
	return twice_step(x);
}
