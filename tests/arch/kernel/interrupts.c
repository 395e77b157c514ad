// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/irq/proc.c
/* A static variable within a function: show_interrupts() keeps the width of a column there. */
#include <linux/seq_file.h>

#include <klpmake.h>

#include "show.h"

extern int prec KLP_STATIC_LOCAL(show_interrupts, prec);

void show_width(struct seq_file *m)
{
	seq_printf(m, "width %d\n", prec);
}
