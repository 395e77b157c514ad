/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAMESAKE_H
#define NAMESAKE_H

#include <linux/seq_file.h>

void show_acpi(struct seq_file *m);
void show_xenbus(struct seq_file *m);
void show_disk(struct seq_file *m);

#endif
