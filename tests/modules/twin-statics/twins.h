/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TWINS_H
#define TWINS_H

#include <linux/seq_file.h>

void show_reboot(struct seq_file *m);
void show_poweroff(struct seq_file *m);
void show_memmap(struct seq_file *m);

#endif
