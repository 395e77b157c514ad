// SPDX-License-Identifier: GPL-2.0-only
/* The other half of the module gadget: the same static names again. */
#include "mini.h"

static int state = 6;

static noinline noclone int gadget_step(int x)
{
	return x - state++;
}

int gadget_common(int x);
int gadget_common(int x)
{
	return gadget_step(x);
}
