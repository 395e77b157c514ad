// SPDX-License-Identifier: GPL-2.0
//KLPMAKE target/switches.c
/*
 * A patch to a module with static keys, a static call and a tracepoint, by the macros that read them;
 * a static key of vmlinux and a message of its own, which need none.
 */
#include <klpmake.h>
#include <linux/jump_label.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/static_call.h>
#include <linux/tracepoint.h>

/* Static there, and global. */
extern struct static_key_false loud;
extern struct static_key_true polite;
extern int times;
const char *plain(int x);
DECLARE_STATIC_CALL(word, plain);
/* Of the module's trace header, which is not here. */
extern struct tracepoint __tracepoint_switches_shown;
int __traceiter_switches_shown(void *data, int times, const char *by);

/* kernel/sched/core.c; /proc/sys/kernel/sched_schedstats. */
DECLARE_STATIC_KEY_FALSE(sched_schedstats);

static int livepatch_switches_show(struct seq_file *m, void *v)
{
	times++;
	KLP_TRACE(switches_shown, times, "patch");
	pr_debug("switches shown by the patch\n");
	seq_printf(m, "patched: %s %s %s, schedstats %s\n",
		   KLP_STATIC_BRANCH_UNLIKELY(&loud) ? "loud" : "quiet",
		   KLP_STATIC_BRANCH_LIKELY(&polite) ? "polite" : "rude", KLP_STATIC_CALL(word)(1),
		   static_branch_unlikely(&sched_schedstats) ? "on" : "off");
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "switches_show",
		.new_func = livepatch_switches_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "switches",
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_switches_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_switches_exit(void)
{
}

module_init(klp_switches_init);
module_exit(klp_switches_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
