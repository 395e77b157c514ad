/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/seq_file.h>

int livepatch_vlan_seq_show(struct seq_file *seq, void *v);
int livepatch_pgctrl_show(struct seq_file *seq, void *v);
