/* SPDX-License-Identifier: GPL-2.0 */
/*
 * devinfo_show() of fs/proc/devices.c as it stands there, but for HEADING, which is "Character
 * devices:\n" there.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/seq_file.h>

static int livepatch_devinfo_show(struct seq_file *f, void *v)
{
	int i = *(loff_t *) v;

	if (i < CHRDEV_MAJOR_MAX) {
		if (i == 0)
			seq_puts(f, HEADING);
		chrdev_show(f, i);
	} else {
		i -= CHRDEV_MAJOR_MAX;
		if (i == 0)
			seq_puts(f, "\nBlock devices:\n");
		blkdev_show(f, i);
	}
	return 0;
}
