// SPDX-License-Identifier: GPL-2.0
//KLPMAKE arch/x86/kernel/cpu/bugs.c
/*
 * Data that cannot be written: a variable that is __ro_after_init, and tables of constants of two
 * files, one of which is walked by its size.
 */
#include <linux/device.h>
#include <linux/livepatch.h>
#include <linux/module.h>

int show_states(char *buf, int len);

/* Both static there. */
enum spectre_v1_mitigation {
	SPECTRE_V1_MITIGATION_NONE,
	SPECTRE_V1_MITIGATION_AUTO,
};
extern enum spectre_v1_mitigation spectre_v1_mitigation;
extern const char *const spectre_v1_strings[];

static ssize_t livepatch_cpu_show_spectre_v1(struct device *dev, struct device_attribute *attr,
					     char *buf)
{
	int len = sysfs_emit(buf, "%d %s\n", spectre_v1_mitigation,
			     spectre_v1_strings[spectre_v1_mitigation]);

	return len + show_states(buf, len);
}

static struct klp_func funcs[] = {
	{
		.old_name = "cpu_show_spectre_v1",
		.new_func = livepatch_cpu_show_spectre_v1,
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

static int __init klp_tables_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_tables_exit(void)
{
}

module_init(klp_tables_init);
module_exit(klp_tables_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
