// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/inode.c
/*
 * A static per-CPU variable; a function that is global and not exported: called, and in a table; a
 * static variable within a function: get_next_ino() keeps the end of the last range of numbers there.
 */
#include <linux/fs.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>

#include <klpmake.h>

#include "show.h"

DECLARE_PER_CPU(unsigned long, nr_inodes);
long get_nr_dirty_inodes(void);
extern atomic_t shared_last_ino KLP_STATIC_LOCAL(get_next_ino, shared_last_ino);

long (*counts[])(void) = { get_nr_dirty_inodes };

void show_inodes(struct seq_file *m)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(nr_inodes, cpu);
	seq_printf(m, "inodes %ld %ld %d\n", sum, get_nr_dirty_inodes(),
		   counts[0]() == get_nr_dirty_inodes());
	sum = get_next_ino();
	seq_printf(m, "numbers %ld %d\n", sum, atomic_read(&shared_last_ino));
}
