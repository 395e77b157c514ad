// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch of the function that a task is held in: see holder.c. */
#include <linux/livepatch.h>
#include <linux/module.h>

static int not_held(void)
{
	return 0;
}

static struct klp_func funcs[] = {{.old_name = "held_here", .new_func = not_held}, {}};
static struct klp_object objects[] = {{.name = "holder", .funcs = funcs}, {}};
static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(patch_init);

static void __exit patch_exit(void)
{
}
module_exit(patch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
