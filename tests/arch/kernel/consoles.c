// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/consoles.c
/* Static functions, of whose names each kernel has more than one: the other is /proc/cpuinfo's. */
#include <linux/console.h>
#include <linux/seq_file.h>

#include "show.h"

static void *c_start(struct seq_file *m, loff_t *pos);
static void c_stop(struct seq_file *m, void *v);

void show_console(struct seq_file *m)
{
	loff_t first = 0;
	struct console *console = c_start(m, &first);

	seq_printf(m, "console %s%d\n", console->name, console->index);
	c_stop(m, console);
}
