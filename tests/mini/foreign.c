// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel's own livepatch sample is: exported symbols only, nothing to rewrite. */
#include "mini.h"

#ifndef OLD_NAME
#define OLD_NAME "alpha_show"
#endif
#ifndef REPLACE
#define REPLACE false
#endif

__attribute__((used)) static int foreign_show(int x)
{
	return _printk("%d\n", x) + (int)sink(x);
}

#ifdef EMPTY
#define FUNC
#else
#define FUNC {.old_name = OLD_NAME, .new_func = foreign_show},
#endif

static struct klp_func funcs[] = {FUNC {}};

static struct klp_object objects[] = {
	{
#ifdef OBJECT
		.name = OBJECT,
#endif
		.funcs = funcs,
	},
	{},
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
	.replace = REPLACE,
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
