// SPDX-License-Identifier: GPL-2.0
//KLPMAKE drivers/xen/xenbus/xenbus_probe.c
#include <linux/device.h>

#include "namesake.h"

extern struct device_attribute dev_attr_events;

void show_xenbus(struct seq_file *m)
{
	seq_printf(m, "%ps in xenbus_probe.c\n", dev_attr_events.show);
}
