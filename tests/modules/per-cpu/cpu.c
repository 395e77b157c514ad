// SPDX-License-Identifier: GPL-2.0
//KLPMAKE drivers/base/cpu.c
/*
 * Per-CPU variables that are not exported, static and global, of every CPU and of the one that
 * runs: /sys/devices/system/cpu/offline tells of them.
 */
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/stat.h>

/* Static there: the device of each CPU, whose name is "cpuN". */
DECLARE_PER_CPU(struct device *, cpu_sys_devices);
/* Global: kernel/time/hrtimer.c; its member cpu is the number of the CPU. */
DECLARE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

static ssize_t livepatch_print_cpus_offline(struct device *dev, struct device_attribute *attr,
					    char *buf)
{
	int cpu, len = 0;

	for_each_possible_cpu(cpu)
		len += sysfs_emit_at(buf, len, "%s=%u ", dev_name(per_cpu(cpu_sys_devices, cpu)),
				     per_cpu(hrtimer_bases, cpu).cpu);
	preempt_disable();
	len += sysfs_emit_at(buf, len, "here %d %s=%u\n", smp_processor_id(),
			     dev_name(this_cpu_read(cpu_sys_devices)),
			     this_cpu_ptr(&hrtimer_bases)->cpu);
	preempt_enable();
	len += sysfs_emit_at(buf, len, "%s %d\n", current->comm, task_pid_nr(current));
	/* Written: the links of /proc are the sum of this over all CPUs (kernel/fork.c). */
	this_cpu_add(process_counts, 1000);
	return len;
}

static struct klp_func funcs[] = {
	{
		.old_name = "print_cpus_offline",
		.new_func = livepatch_print_cpus_offline,
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

static int __init klp_percpu_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_percpu_exit(void)
{
}

module_init(klp_percpu_init);
module_exit(klp_percpu_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
