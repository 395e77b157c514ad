// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * Globals that have a static namesake. acpi_gpe_count: exported from ACPICA, and a static counter
 * of drivers/acpi/sysfs.c. dev_attr_events: global in block/disk-events.c, not exported, and static
 * in drivers/xen/xenbus/xenbus_probe.c. A file that is tagged with neither means the global one.
 * /proc/version shows which ones were reached.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

#include "namesake.h"

extern u32 acpi_gpe_count;
extern struct device_attribute dev_attr_events;

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%px acpi_gpe_count here\n", &acpi_gpe_count);
	show_acpi(m);
	seq_printf(m, "%ps here\n", dev_attr_events.show);
	show_disk(m);
	show_xenbus(m);
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

static int __init klp_namesake_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_namesake_exit(void)
{
}

module_init(klp_namesake_init);
module_exit(klp_namesake_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
