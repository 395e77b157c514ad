// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sched/core.c
/* A static key that is not exported, and may be toggled at any time. */
#include <linux/jump_label.h>
#include <linux/seq_file.h>

#include "show.h"

DECLARE_STATIC_KEY_FALSE(sched_schedstats);

void show_stats(struct seq_file *m)
{
	if (static_branch_unlikely(&sched_schedstats))
		seq_puts(m, "schedstats on\n");
	else
		seq_puts(m, "schedstats off\n");
}
