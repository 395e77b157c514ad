// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/exec.c
/*
 * A tracepoint of vmlinux, and with it the static call that a tracepoint is, in a patched function;
 * two more static calls, which /sys/kernel/debug/sched/preempt changes; and a message of dynamic
 * debug. __set_task_comm() is copied from fs/exec.c: names of tasks now begin with "klp-".
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/sched/task.h>
#include <linux/static_call.h>
#include <linux/string.h>
#include <trace/events/task.h>

/* Global, and not for modules, which call it by another table than this. */
DECLARE_STATIC_CALL(might_resched, __cond_resched);

/*
 * What a static call does when the kernel is asked to let others run, which is 0 where it was
 * replaced by nothing.
 */
static int asked_to_yield(int (*yield)(void))
{
	local_irq_disable();
	set_tsk_need_resched(current);
	set_preempt_need_resched();
	local_irq_enable();
	return yield();
}

static int by_export(void)
{
	return static_call_mod(cond_resched)();
}

static int by_key(void)
{
	return static_call(might_resched)();
}

static void livepatch___set_task_comm(struct task_struct *tsk, const char *buf, bool exec)
{
	char name[TASK_COMM_LEN];

	snprintf(name, sizeof(name), "klp-%s", buf);
	pr_debug("renamed to %s, calls %d %d\n", name, asked_to_yield(by_export),
		 asked_to_yield(by_key));
	task_lock(tsk);
	trace_task_rename(tsk, name);
	strscpy_pad(tsk->comm, name, sizeof(tsk->comm));
	task_unlock(tsk);
	perf_event_comm(tsk, exec);
}

static struct klp_func funcs[] = {
	{
		.old_name = "__set_task_comm",
		.new_func = livepatch___set_task_comm,
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

static int __init klp_tracing_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_tracing_exit(void)
{
}

module_init(klp_tracing_init);
module_exit(klp_tracing_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
