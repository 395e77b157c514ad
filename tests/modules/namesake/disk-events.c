// SPDX-License-Identifier: GPL-2.0
//KLPMAKE block/disk-events.c
#include <linux/device.h>

#include "namesake.h"

extern struct device_attribute dev_attr_events;

void show_disk(struct seq_file *m)
{
	seq_printf(m, "%ps in disk-events.c\n", dev_attr_events.show);
}
