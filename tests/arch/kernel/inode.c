// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/inode.c
/* A static per-CPU variable, and a function that is global and not exported. */
#include <linux/fs.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>

#include "show.h"

DECLARE_PER_CPU(unsigned long, nr_inodes);
long get_nr_dirty_inodes(void);

void show_inodes(struct seq_file *m)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(nr_inodes, cpu);
	seq_printf(m, "inodes %ld\n", sum);
	seq_printf(m, "used %ld\n", get_nr_dirty_inodes());
}
