// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * Code of vmlinux that needs a module from outside the kernel's tree: what that exports, into a
 * namespace, is imported as ever, with its version.
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

/* The same for all kernels. */
MODULE_INFO(import_ns, "OUTSIDE");

const char *two_words(void);

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "borrowed: %s\n", two_words());
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

static int __init klp_borrow_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_borrow_exit(void)
{
}

module_init(klp_borrow_init);
module_exit(klp_borrow_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
