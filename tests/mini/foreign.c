// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel's own livepatch sample is: exported symbols only, nothing to rewrite. */
#include "mini.h"

static int foreign_show(int x)
{
	return _printk("%d\n", x) + (int)sink(x);
}

static struct klp_func funcs[] = {
	{
		.old_name = "alpha_show",
		.new_func = foreign_show,
	},
	{},
};

static struct klp_object objects[] = {
	{
		.funcs = funcs,
	},
	{},
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init foreign_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit foreign_exit(void)
{
}

module_init(foreign_init);
module_exit(foreign_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_INFO(livepatch, "Y");
