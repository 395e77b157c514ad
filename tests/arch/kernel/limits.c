// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/namespace.c
/* A static variable and a global one, read and written: /proc/sys shows both. */
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "show.h"

extern unsigned int sysctl_mount_max;

void show_limits(struct seq_file *m)
{
	seq_printf(m, "limits %u %d\n", ++sysctl_mount_max, ++sysctl_max_map_count);
}
