// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/* Warns, but only once. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "warned %ld\n", (long)WARN_ON_ONCE(m));
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

static int __init klp_warning_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_warning_exit(void)
{
}

module_init(klp_warning_init);
module_exit(klp_warning_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
