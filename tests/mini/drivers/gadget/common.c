// SPDX-License-Identifier: GPL-2.0-only
/* The other half of the module gadget: the same static names again. */
#include "mini.h"
#include "gadget.h"

static int state = 6;

static noinline noclone int gadget_step(int x)
{
	return x - state++;
}

static noinline noclone int gadget_odd(int x)
{
	return x / state;
}

static int gadget_spot __section(".data.spot_b") = 2;
static int gadget_mark = 8;

/* The name of the other half's global function. */
static noinline noclone int gadget_twin(int x)
{
	return x & state;
}

static noinline noclone int gadget_phase(int x)
{
	return x - state;
}

static noinline noclone int __init gadget_late(int x)
{
	return x - state;
}

int __init gadget_boot(int x)
{
	return gadget_late(x);
}

int gadget_common(int x)
{
	return gadget_step(x) + gadget_odd(x) + gadget_spot++ + gadget_mark++ + gadget_phase(x) + gadget_twin(x);
}
