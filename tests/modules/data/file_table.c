// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/file_table.c
#include <linux/fs.h>
#include <linux/seq_file.h>

void show_max_files(struct seq_file *m);

/* Static there; /proc/sys/fs/file-max is its second member. */
extern struct files_stat_struct files_stat;

void show_max_files(struct seq_file *m)
{
	seq_printf(m, "max_files %lu\n", files_stat.max_files++);
}
