// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sched/fair.c
/*
 * Static keys of vmlinux that are not exported, in a patched function: /proc/version tells which of
 * their branches it takes, and what the key itself says.
 */
#include <linux/jump_label.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/vmstat.h>

/* Static there, and of the older kind. On while any group of tasks has a limit (cpu.max). */
extern struct static_key __cfs_bandwidth_used;
/* Global: /proc/sys/kernel/sched_schedstats. */
DECLARE_STATIC_KEY_FALSE(sched_schedstats);

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	const char *bandwidth = "off", *schedstats = "off", *numa = "off";

	if (static_key_false(&__cfs_bandwidth_used))
		bandwidth = "on";
	if (static_branch_unlikely(&sched_schedstats))
		schedstats = "on";
	/* Global, and on from the beginning: /proc/sys/vm/numa_stat. */
	if (static_branch_likely(&vm_numa_stat_key))
		numa = "on";
	seq_printf(m, "bandwidth %s %d schedstats %s %d numa %s %d\n", bandwidth,
		   static_key_enabled(&__cfs_bandwidth_used), schedstats,
		   static_key_enabled(&sched_schedstats), numa,
		   static_key_enabled(&vm_numa_stat_key));
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

static int __init klp_keys_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_keys_exit(void)
{
}

module_init(klp_keys_init);
module_exit(klp_keys_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
