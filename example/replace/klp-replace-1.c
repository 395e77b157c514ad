// SPDX-License-Identifier: GPL-2.0
//KLPMAKE mm/khugepaged.c
/*
 * The first patch: khugepaged may not be told to sleep for less than a second, neither after a scan
 * nor when it found no memory.
 */
#include "klp-replace.h"

static ssize_t livepatch_scan_sleep_store(struct kobject *kobj, struct kobj_attribute *attr,
					  const char *buf, size_t count)
{
	return store_sleep(&khugepaged_scan_sleep_millisecs, 1000, buf, count);
}

static ssize_t livepatch_alloc_sleep_store(struct kobject *kobj, struct kobj_attribute *attr,
					   const char *buf, size_t count)
{
	return store_sleep(&khugepaged_alloc_sleep_millisecs, 1000, buf, count);
}

static struct klp_func funcs[] = {
	{
		.old_name = "scan_sleep_millisecs_store",
		.new_func = livepatch_scan_sleep_store,
	}, {
		.old_name = "alloc_sleep_millisecs_store",
		.new_func = livepatch_alloc_sleep_store,
	}, { }
};

static struct klp_object objs[] = {
	{
		/* name being NULL means vmlinux */
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_replace_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_replace_exit(void)
{
}

module_init(klp_replace_init);
module_exit(klp_replace_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
