// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/reboot.c
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "twins.h"

/* Declared as they are there: static, used and never defined, which gcc warns of. */
static ssize_t type_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
extern struct work_struct poweroff_work;

void show_reboot(struct seq_file *m)
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);

	if (!page)
		return;
	type_show(NULL, NULL, page);
	seq_printf(m, "reboot: %s", page);
	seq_printf(m, "reboot work: %ps\n", poweroff_work.func);
	free_page((unsigned long)page);
}
