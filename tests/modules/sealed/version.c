// SPDX-License-Identifier: GPL-2.0
//KLPMAKE arch/x86/kernel/cpu/common.c
/*
 * A static key that is __ro_after_init, which some kernels cannot take; the test then writes what
 * klpmake says.
 */
#include <klpmake.h>
#include <linux/jump_label.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

/* Static there, and on since the kernel has seen the first CPU. */
extern struct static_key_false cr_pinning;

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	const char *pinning = "off";

	if (static_branch_likely(&cr_pinning))
		pinning = "on";
	seq_printf(m, "pinning %s %d\n", pinning, static_key_enabled(&cr_pinning));
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "version_proc_show",
		.new_func = livepatch_version_proc_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_sealed_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_sealed_exit(void)
{
}

module_init(klp_sealed_init);
module_exit(klp_sealed_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
