// SPDX-License-Identifier: GPL-2.0-only
/*
 * A patch as klp-build of Linux 6.19 and later makes them: init code of the kernel's allocates
 * struct klp_patch, and fills it from a section of init memory.
 */
#include "mini.h"

#ifndef SECTION
#define SECTION ".init.klp_objects"
#endif
#ifndef OLD_NAME
#define OLD_NAME "alpha_show"
#endif
#ifndef NUMBER
#define NUMBER 2
#endif

struct klp_func_ext {
	const char *old_name;
	void *new_func;
	ulong sympos;
};

struct klp_object_ext {
	const char *name;
	struct klp_func_ext *funcs;
	struct klp_callbacks callbacks;
	u32 nr_funcs;
};

static int new_show(int x)
{
	return _printk("%d\n", x) + (int)sink(x);
}

static int new_step(int x)
{
	return x + 5;
}

static int new_export(int x)
{
	return x - 5;
}

static int before(void *obj)
{
	return obj == NULL;
}

static struct klp_func_ext funcs[] __attribute__((section(".init.klp_funcs"))) = {
	{.old_name = OLD_NAME, .new_func = new_show},
	{.old_name = "helper", .new_func = new_step, .sympos = 2},
	{.old_name = "gadget_export", .new_func = new_export},
};

static struct klp_object_ext objects[] __attribute__((used, section(SECTION))) = {
	{.funcs = funcs, .nr_funcs = NUMBER},
	{.name = "gadget", .funcs = funcs + 2, .nr_funcs = 1, .callbacks = {.pre_patch = before}},
};

/* What the init code does with them: nothing of that is in the file. */
static struct klp_patch *patch;

static int __init external_init(void)
{
	return klp_enable_patch(patch);
}

static void __exit external_exit(void)
{
}

module_init(external_init);
module_exit(external_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
