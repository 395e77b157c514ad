// SPDX-License-Identifier: GPL-2.0
/*
 * A module with whatever is switched by changing code: /proc/switches shows it, and takes the words
 * that switch it.
 */
#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/static_call.h>
#include <linux/uaccess.h>

#define CREATE_TRACE_POINTS
#include "switches-trace.h"

static DEFINE_STATIC_KEY_FALSE(loud);
DEFINE_STATIC_KEY_TRUE(polite);

static const char *plain(int x)
{
	return x ? "plain" : "";
}

static const char *fancy(int x)
{
	return x ? "fancy" : "";
}

DEFINE_STATIC_CALL(word, plain);

static int times;

static noinline int switches_show(struct seq_file *m, void *v)
{
	trace_switches_shown(++times, "module");
	pr_debug("switches shown\n");
	seq_printf(m, "%s %s %s\n", static_branch_unlikely(&loud) ? "loud" : "quiet",
		   static_branch_likely(&polite) ? "polite" : "rude", static_call(word)(1));
	return 0;
}

static int switches_open(struct inode *inode, struct file *file)
{
	return single_open(file, switches_show, NULL);
}

static ssize_t switches_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char text[16] = "";

	if (size >= sizeof(text) || copy_from_user(text, from, size))
		return -EINVAL;
	if (sysfs_streq(text, "loud"))
		static_branch_enable(&loud);
	else if (sysfs_streq(text, "quiet"))
		static_branch_disable(&loud);
	else if (sysfs_streq(text, "polite"))
		static_branch_enable(&polite);
	else if (sysfs_streq(text, "rude"))
		static_branch_disable(&polite);
	else if (sysfs_streq(text, "plain"))
		static_call_update(word, plain);
	else if (sysfs_streq(text, "fancy"))
		static_call_update(word, fancy);
	else
		return -EINVAL;
	return size;
}

static const struct proc_ops switches_ops = {
	.proc_open = switches_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = switches_write,
};

static int __init switches_init(void)
{
	return proc_create("switches", 0644, NULL, &switches_ops) ? 0 : -ENOMEM;
}

static void __exit switches_exit(void)
{
	remove_proc_entry("switches", NULL);
}

module_init(switches_init);
module_exit(switches_exit);
MODULE_LICENSE("GPL");
