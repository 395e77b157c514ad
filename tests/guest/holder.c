// SPDX-License-Identifier: GPL-2.0-only
/* A task stays in held_here() until somebody writes 1 to /sys/module/holder/parameters/released. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

int held_here(void);

static bool released;
module_param(released, bool, 0644);

static struct task_struct *task;

noinline int held_here(void)
{
	int times = 0;

	while (!READ_ONCE(released)) {
		msleep(50);
		times++;
	}
	return times;
}

static int hold(void *unused)
{
	int times = held_here();

	while (!kthread_should_stop())
		msleep(50);
	return times;
}

static int __init holder_init(void)
{
	task = kthread_run(hold, NULL, "klp_held");
	return PTR_ERR_OR_ZERO(task);
}
module_init(holder_init);

static void __exit holder_exit(void)
{
	WRITE_ONCE(released, true);
	kthread_stop(task);
}
module_exit(holder_exit);
MODULE_LICENSE("GPL");
