// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/cmdline.c
/* One patch for vmlinux and two modules, each of which says what it reached. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include "three.h"

static int livepatch_cmdline_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "three: %s\n", saved_command_line);
	return 0;
}

static struct klp_func cmdline_funcs[] = {
	{
		.old_name = "cmdline_proc_show",
		.new_func = livepatch_cmdline_proc_show,
	}, { }
};

static struct klp_func vlan_funcs[] = {
	{
		.old_name = "vlan_seq_show",
		.new_func = livepatch_vlan_seq_show,
	}, { }
};

static struct klp_func pktgen_funcs[] = {
	{
		.old_name = "pgctrl_show",
		.new_func = livepatch_pgctrl_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.funcs = cmdline_funcs,
	}, {
		.name = "8021q",
		.funcs = vlan_funcs,
	}, {
		.name = "pktgen",
		.funcs = pktgen_funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_three_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_three_exit(void)
{
}

module_init(klp_three_init);
module_exit(klp_three_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
