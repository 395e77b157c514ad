// SPDX-License-Identifier: GPL-2.0
//KLPMAKE net/core/pktgen.c
/* Statics of pktgen: version is a name that vmlinux has, too. */
#include <linux/init.h>
#include "three.h"

extern const char version[];
extern int pg_count_d;

int livepatch_pgctrl_show(struct seq_file *seq, void *v)
{
	seq_printf(seq, "three: %d, %s", pg_count_d, saved_command_line);
	seq_printf(seq, " %s", version);
	return 0;
}
