// SPDX-License-Identifier: GPL-2.0
@TAG@
/* TODO: what the patch changes, and why. */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
@INCLUDES@
#include <klpmake.h>
#include <klpmake_template.h>
@DECLARATIONS@
@FUNCTIONS@

static struct klp_func funcs[] = {
@FUNCS@
	{ }
};

static struct klp_object objs[] = {
	{
@NAME@
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_template_init(void)
{
@UNWRITTEN@
	return KLP_START(&patch);
}

static void __exit klp_template_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_template_init);
module_exit(klp_template_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
