// SPDX-License-Identifier: GPL-2.0
/*
 * TODO: what the patch changes, and why.
 *
 * The new functions are in files of their own, because each tag is for one file of the kernel.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <klpmake.h>
#include <klpmake_template.h>

#include "@HEADER@"
@OBJECTS@

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
