/* SPDX-License-Identifier: GPL-2.0 */
/* A line of /proc/version each. Tables are not const, so that the compiler has to read them. */
struct seq_file;

extern void (*parts[])(struct seq_file *m);
extern const char *texts[];
extern long (*counts[])(void);

void show_filesystems(struct seq_file *m);
void show_inodes(struct seq_file *m);
void show_stats(struct seq_file *m);
void show_console(struct seq_file *m);
void show_limits(struct seq_file *m);
