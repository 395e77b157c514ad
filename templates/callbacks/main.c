// SPDX-License-Identifier: GPL-2.0
@TAG@
/*
 * TODO: what the patch changes, and why.
 *
 * The kernel calls, in this order:
 *
 *   pre_patch      before any task runs the new code; may refuse the patch
 *   post_patch     when all tasks do
 *   pre_unpatch    when all tasks still do
 *   post_unpatch   when none does any more
 *
 * A transition may be turned back half-way. So pre_unpatch takes back what post_patch did, and
 * post_unpatch what pre_patch did. Kernels that patch without ftrace (openEuler's) call none of them.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
@INCLUDES@
#include <klpmake.h>
#include <klpmake_template.h>
@DECLARATIONS@
@FUNCTIONS@

/* TODO: what has to be true before; a number below 0 refuses the patch. */
static int pre_patch(struct klp_object *obj)
{
	return 0;
}

/* TODO: change what old code would spoil. */
static void post_patch(struct klp_object *obj)
{
}

/* TODO: take back what post_patch() did. */
static void pre_unpatch(struct klp_object *obj)
{
}

/* TODO: take back what pre_patch() did. */
static void post_unpatch(struct klp_object *obj)
{
}

static struct klp_func funcs[] = {
@FUNCS@
	{ }
};

static struct klp_object objs[] = {
	{
@NAME@
		.funcs = funcs,
		.callbacks = {
			.pre_patch = pre_patch,
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
			.post_unpatch = post_unpatch,
		},
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
