// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * One name, several statics: type_show() is a function in reboot.c and in memmap.c here, and
 * poweroff_work is data in reboot.c and in poweroff.c. Each is the one of the kernel file that its
 * own file is tagged with; /proc/version shows which ones were reached.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

#include "twins.h"

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	show_reboot(m);
	show_poweroff(m);
	show_memmap(m);
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

static int __init klp_twins_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_twins_exit(void)
{
}

module_init(klp_twins_init);
module_exit(klp_twins_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
