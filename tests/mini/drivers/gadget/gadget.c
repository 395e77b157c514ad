// SPDX-License-Identifier: GPL-2.0-only
/* One half of the module gadget, a target for patches; the other is common.c. */
#include "mini.h"
#include "gadget.h"

static int state = 5;
int gadget_private;

static noinline noclone int gadget_step(int x)
{
	return x + state++;
}

/* Of two functions of a name the table's first lies behind the other: in a section after .text. */
static noinline noclone __section(".text.odd") int gadget_odd(int x)
{
	return x * state;
}

/* Both at the beginning of a section of their own. */
static int gadget_spot __section(".data.spot_a") = 1;

/* common.c has a static one: locals come first in the table, here the global one in memory. */
int gadget_twin(int x);
noinline noclone int gadget_twin(int x)
{
	return x ^ state;
}

/* Not in the order of their addresses. */
IBT_SEAL(gadget_step);
IBT_SEAL(gadget_odd);
IBT_SEAL(gadget_twin);

/* Gone once the module is up, and before the one of common.c in the table. */
static noinline noclone int __init gadget_phase(int x)
{
	return x + gadget_spot;
}

/* Here it is common.c's that goes. */
static noinline noclone int gadget_late(int x)
{
	return x + state;
}

/* No address at all, and forgotten like init memory. */
asm(".set gadget_mark, 7");

static const int gadget_table[] = {3, 1, 4, 1, 5};

int gadget_export(int x)
{
	return gadget_step(x) + gadget_common(x) + gadget_private + gadget_odd(x) + gadget_twin(x) +
	       gadget_late(x) + gadget_table[x & 3];
}
EXPORT_SYMBOL_GPL(gadget_export);

static int __init gadget_init(void)
{
	return _printk("gadget\n") ? 0 : (int)sink(gadget_phase(1) + gadget_boot(1));
}

static void __exit gadget_exit(void)
{
	state = 0;
}

module_init(gadget_init);
module_exit(gadget_exit);
MODULE_LICENSE("GPL");
