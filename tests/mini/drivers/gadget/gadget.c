// SPDX-License-Identifier: GPL-2.0-only
/* One half of the module gadget, a target for patches; the other is common.c. */
#include "mini.h"

int gadget_common(int x);

static int state = 5;
int gadget_private;

static noinline noclone int gadget_step(int x)
{
	return x + state++;
}

int gadget_export(int x)
{
	return gadget_step(x) + gadget_common(x) + gadget_private;
}
EXPORT_SYMBOL_GPL(gadget_export);

static int __init gadget_init(void)
{
	return _printk("gadget\n") ? 0 : (int)sink(1);
}

static void __exit gadget_exit(void)
{
	state = 0;
}

module_init(gadget_init);
module_exit(gadget_exit);
MODULE_LICENSE("GPL");
