// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/power/poweroff.c
#include <linux/workqueue.h>

#include "twins.h"

extern struct work_struct poweroff_work;

void show_poweroff(struct seq_file *m)
{
	seq_printf(m, "poweroff work: %ps\n", poweroff_work.func);
}
