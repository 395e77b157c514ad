// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/cmdline.c
/*
 * /proc/cmdline shows what the other files have from the kernel. With one of WRONG_PROTOTYPE,
 * WRONG_DATA and WRONG_LAYOUT they declare it wrongly, in a way that does no harm but to the answer.
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "types.h"

static int livepatch_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "pages %lu\nportid %u\nusers %d\n", types_pages(), types_portid(), types_users());
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

static int __init klp_types_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_types_exit(void)
{
}

module_init(klp_types_init);
module_exit(klp_types_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
