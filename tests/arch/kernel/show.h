/* SPDX-License-Identifier: GPL-2.0 */
struct seq_file;

void show_filesystems(struct seq_file *m);
void show_inodes(struct seq_file *m);
void show_width(struct seq_file *m);
void show_stats(struct seq_file *m);
