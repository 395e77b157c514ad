// SPDX-License-Identifier: GPL-2.0-only
/* A module that depends on gadget and exports something itself. */
#include "mini.h"

int gadget_export(int x);
int widget_export(int);

static int state = 7;

/* Static in vmlinux's fs/proc/alpha.c and beta.c, too. */
static noinline noclone int helper(int x)
{
	return x + state++;
}

int widget_export(int x)
{
	return gadget_export(x) + helper(x);
}
EXPORT_SYMBOL_GPL(widget_export);

static int __init widget_init(void)
{
	return widget_export(1) < 0;
}

static void __exit widget_exit(void)
{
	state = 0;
}

module_init(widget_init);
module_exit(widget_exit);
MODULE_LICENSE("GPL");
