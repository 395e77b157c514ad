/* SPDX-License-Identifier: GPL-2.0 */
/*
 * States: what a patch has changed in the kernel's data, for the next patch to know of.
 *
 * ksmd, which looks for equal pages, sleeps between its rounds for a time that is set in
 * /sys/kernel/mm/ksm/sleep_millisecs. The patches that include this let nobody make it shorter than
 * LEAST, and make it longer if it is shorter now. The last of them has to put back what there was
 * before the first. It learns that from the one that it replaces, whose callbacks are not called.
 *
 * LEAST: in milliseconds; VERSION: of the state.
 */
#ifndef KLP_STATES_H
#define KLP_STATES_H

#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include <linux/wait.h>

/* Any number but 0 that no other patch uses. */
#define SLEEP_ID	0x6b736d01

/* Static in mm/ksm.c. */
extern unsigned int ksm_thread_sleep_millisecs;
extern wait_queue_head_t ksm_iter_wait;

/* From mm/ksm.c: sleep_millisecs_store(). */
static ssize_t livepatch_sleep_millisecs_store(struct kobject *kobj,
				     struct kobj_attribute *attr,
				     const char *buf, size_t count)
{
	unsigned int msecs;
	int err;

	err = kstrtouint(buf, 10, &msecs);
	if (err || msecs < LEAST)
		return -EINVAL;

	ksm_thread_sleep_millisecs = msecs;
	wake_up_interruptible(&ksm_iter_wait);

	return count;
}

static struct klp_func funcs[] = {
	{
		.old_name = "sleep_millisecs_store",
		.new_func = livepatch_sleep_millisecs_store,
	}, { }
};

static void post_patch(struct klp_object *obj);
static void pre_unpatch(struct klp_object *obj);

static struct klp_object objs[] = {
	{
		/* name being NULL means vmlinux */
		.funcs = funcs,
		.callbacks = {
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
		},
	}, { }
};

/*
 * The kernel lets no patch replace this one that does not list the state, or an older version of
 * it. The array ends with the first id that is 0.
 */
static struct klp_state states[] = {
	{
		.id = SLEEP_ID,
		.version = VERSION,
		/* .data: what there was before the first patch. */
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
	.states = states,
	.replace = true,
};

static void post_patch(struct klp_object *obj)
{
	struct klp_state *mine = klp_get_state(&patch, SLEEP_ID);
	struct klp_state *previous = klp_get_prev_state(SLEEP_ID);
	unsigned int now = READ_ONCE(ksm_thread_sleep_millisecs);

	mine->data = previous ? previous->data : (void *)(unsigned long)now;
	if (now < LEAST && cmpxchg(&ksm_thread_sleep_millisecs, now, LEAST) == now)
		wake_up_interruptible(&ksm_iter_wait);
}

/* What somebody has set in the meantime stays. */
static void pre_unpatch(struct klp_object *obj)
{
	struct klp_state *mine = klp_get_state(&patch, SLEEP_ID);
	unsigned int before = (unsigned long)mine->data;

	if (cmpxchg(&ksm_thread_sleep_millisecs, LEAST, before) == LEAST)
		wake_up_interruptible(&ksm_iter_wait);
}

static int __init klp_states_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_states_exit(void)
{
}

module_init(klp_states_init);
module_exit(klp_states_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");

#endif
