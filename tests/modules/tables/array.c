// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/array.c
#include <linux/kernel.h>
#include <linux/sysfs.h>

int show_states(char *buf, int len);

/* Its size is part of the declaration: there, the initialiser has it. */
extern const char *const task_state_array[9];

int show_states(char *buf, int len)
{
	int before = len, i;

	for (i = 0; i < ARRAY_SIZE(task_state_array); i++)
		len += sysfs_emit_at(buf, len, "%c", task_state_array[i][0]);
	len += sysfs_emit_at(buf, len, "\n");
	return len - before;
}
