// SPDX-License-Identifier: GPL-2.0
/*
 * What only macros can name: a static of another file than the tagged one, a symbol by position,
 * and the same the way that SUSE writes it. cmdline_proc_show() is copied from fs/proc/cmdline.c.
 */
//KLPMAKE fs/proc/cmdline.c
#include <klpmake.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

int last_inode(void);

extern unsigned int largest_pipe KLP_SYMBOL_OF(vmlinux, "fs/pipe.c", pipe_max_size);
extern char *line KLP_SYMBOL(vmlinux, saved_command_line, 0);
extern char *line_too KLP_RELOC_SYMBOL(vmlinux, vmlinux, saved_command_line);

static int livepatch_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s inode=%d pipe=%u same=%d\n", line, last_inode(), largest_pipe,
		   line == line_too);
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

static int __init klp_macros_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_macros_exit(void)
{
}

module_init(klp_macros_init);
module_exit(klp_macros_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
