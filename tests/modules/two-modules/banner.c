// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/utsname.h>

void show_banner(struct seq_file *m);

void show_banner(struct seq_file *m)
{
	seq_puts(m, "two: ");
	seq_printf(m, linux_proc_banner, utsname()->sysname, utsname()->release, utsname()->version);
}
