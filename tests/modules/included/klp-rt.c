// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sched/rt.c
/*
 * The tag names a file that is not compiled by itself: kernel/sched/build_policy.c includes it. What
 * is replaced is a static function of it, which uses a static variable of it.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/sysctl.h>

/* kernel.sched_rr_timeslice_ms */
extern int sysctl_sched_rr_timeslice;

/* In place of sched_rr_handler(), whose table is const in some kernels: a thousand more. */
static int livepatch_sched_rr_handler(const struct ctl_table *table, int write, void *buffer,
				      size_t *lenp, loff_t *ppos)
{
	int more = sysctl_sched_rr_timeslice + 1000;
	struct ctl_table shown = *table;

	shown.data = &more;
	return proc_dointvec(&shown, write, buffer, lenp, ppos);
}

static struct klp_func funcs[] = {
	{
		.old_name = "sched_rr_handler",
		.new_func = livepatch_sched_rr_handler,
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

static int __init klp_rt_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_rt_exit(void)
{
}

module_init(klp_rt_init);
module_exit(klp_rt_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
