// SPDX-License-Identifier: GPL-2.0
//KLPMAKE net/8021q/vlanproc.c
/* A static table and a global of 8021q, an export of garp that 8021q uses, a global of vmlinux. */
#include <linux/if_vlan.h>
#include <linux/init.h>
#include <net/garp.h>
#include "three.h"

extern const char *const vlan_name_type_str[VLAN_NAME_TYPE_HIGHEST];
extern const char vlan_fullname[];

int livepatch_vlan_seq_show(struct seq_file *seq, void *v)
{
	seq_printf(seq, "three: %s, %s, %ps, %s\n", vlan_fullname,
		   vlan_name_type_str[VLAN_NAME_TYPE_PLUS_VID_NO_PAD], (void *)garp_request_join,
		   saved_command_line);
	return 0;
}
