// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * Data of the kernel's that is not exported, static and global, read and written: /proc/version
 * shows it and adds one, and /proc/sys shows what became of it.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

void show_max_files(struct seq_file *m);

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	show_max_files(m);
	/* Global, and defined in another file than the tagged one (fs/file.c). */
	seq_printf(m, "nr_open %u\n", sysctl_nr_open++);
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

static int __init klp_data_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_data_exit(void)
{
}

module_init(klp_data_init);
module_exit(klp_data_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
