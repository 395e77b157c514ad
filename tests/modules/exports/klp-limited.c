// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * A function of vmlinux that is exported to the module kvm only, where the kernel has such exports
 * (EXPORT_SYMBOL_GPL_FOR_MODULES()); elsewhere one that is not exported at all. /proc/version shows
 * where it is.
 */
#include <linux/fs.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

struct inode *anon_inode_make_secure_inode(struct super_block *sb, const char *name,
					   const struct inode *context_inode);

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%px\n", anon_inode_make_secure_inode);
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

static int __init klp_limited_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_limited_exit(void)
{
}

module_init(klp_limited_init);
module_exit(klp_limited_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
