/* SPDX-License-Identifier: GPL-2.0 */
/* What both patches use of mm/khugepaged.c. */
#ifndef KLP_REPLACE_H
#define KLP_REPLACE_H

#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/wait.h>

/* Static in mm/khugepaged.c. */
extern unsigned int khugepaged_scan_sleep_millisecs;
extern unsigned int khugepaged_alloc_sleep_millisecs;
extern unsigned int khugepaged_pages_to_scan;
extern unsigned long khugepaged_sleep_expire;
extern wait_queue_head_t khugepaged_wait;

/*
 * From mm/khugepaged.c: scan_sleep_millisecs_store() and alloc_sleep_millisecs_store(), which
 * differ in the variable only. New: the least that it may be set to.
 */
static ssize_t store_sleep(unsigned int *sleep_millisecs, unsigned int least, const char *buf,
			   size_t count)
{
	unsigned int msecs;
	int err;

	err = kstrtouint(buf, 10, &msecs);
	if (err || msecs < least)
		return -EINVAL;

	*sleep_millisecs = msecs;
	khugepaged_sleep_expire = 0;
	wake_up_interruptible(&khugepaged_wait);

	return count;
}

#endif
