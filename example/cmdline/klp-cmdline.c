// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/cmdline.c
/*
 * The smallest patch: /proc/cmdline says that the kernel is patched.
 *
 * saved_command_line is what the kernel itself prints there. It is global but not exported, so
 * an ordinary module could not use it.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <klpmake.h>

/* From fs/proc/cmdline.c: cmdline_proc_show(). */
static int livepatch_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, saved_command_line);
	seq_puts(m, " livepatched=1\n");
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
		/* name being NULL means vmlinux */
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_cmdline_init(void)
{
	return KLP_START(&patch);
}

static void __exit klp_cmdline_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_cmdline_init);
module_exit(klp_cmdline_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
