// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/cmdline.c
/* One Makefile, two modules: this one is two files, one of them with the other module's tag. */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

void show_banner(struct seq_file *m);

static int livepatch_cmdline_proc_show(struct seq_file *m, void *v)
{
	show_banner(m);
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "cmdline_proc_show",
		.new_func = livepatch_cmdline_proc_show,
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

static int __init klp_two_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_two_exit(void)
{
}

module_init(klp_two_init);
module_exit(klp_two_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
