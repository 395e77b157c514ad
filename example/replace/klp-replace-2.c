// SPDX-License-Identifier: GPL-2.0
//KLPMAKE mm/khugepaged.c
/*
 * The second patch, a cumulative one: it takes the place of all patches before it. A tenth of a
 * second is enough after a scan, the limit for the other sleep was a mistake and is dropped, and
 * there is a new one, for the pages of one scan. pages_to_scan_store() is the name of another
 * function, too, in mm/ksm.c.
 */
#include "klp-replace.h"

static ssize_t livepatch_scan_sleep_store(struct kobject *kobj, struct kobj_attribute *attr,
					  const char *buf, size_t count)
{
	return store_sleep(&khugepaged_scan_sleep_millisecs, 100, buf, count);
}

/* From mm/khugepaged.c: pages_to_scan_store(). */
static ssize_t livepatch_pages_to_scan_store(struct kobject *kobj,
				   struct kobj_attribute *attr,
				   const char *buf, size_t count)
{
	unsigned int pages;
	int err;

	err = kstrtouint(buf, 10, &pages);
	if (err || !pages || pages > 65536)
		return -EINVAL;

	khugepaged_pages_to_scan = pages;

	return count;
}

static struct klp_func funcs[] = {
	{
		.old_name = "pages_to_scan_store",
		.new_func = livepatch_pages_to_scan_store,
	}, {
		.old_name = "scan_sleep_millisecs_store",
		.new_func = livepatch_scan_sleep_store,
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
	.replace = true,
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
