// SPDX-License-Identifier: GPL-2.0-only
/* The transition of this one never ends: a task sleeps in the very function that it patches. */
#include "show.h"
#include <linux/delay.h>
#include <linux/kthread.h>

static void new_msleep(unsigned int msecs)
{
}

LIVEPATCH("msleep", new_msleep);

static int sleeper(void *unused)
{
	msleep(60 * 60 * 1000);
	return 0;
}

static int __init patch_init(void)
{
	kthread_run(sleeper, NULL, "klp_sleeper");
	/* Long enough for it to be asleep there. */
	schedule_timeout_uninterruptible(HZ / 2);
	return klp_enable_patch(&patch);
}
module_init(patch_init);
