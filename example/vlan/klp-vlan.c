// SPDX-License-Identifier: GPL-2.0
/*
 * A patch to a module: /proc/net/vlan/config of 8021q also says how many VLANs it has listed.
 *
 * vlan_seq_show() is copied from net/8021q/vlanproc.c, struct vlan_net and its name types from
 * net/8021q/vlan.h, which is no public header.
 */
//KLPMAKE net/8021q/vlanproc.c
#include <linux/if_vlan.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <net/netns/generic.h>
#include <klpmake.h>

struct vlan_net {
	struct proc_dir_entry *proc_vlan_dir;
	struct proc_dir_entry *proc_vlan_conf;
	unsigned short name_type;
};

/* 8021q's own: a global that it does not export, and a static table. */
extern unsigned int vlan_net_id;
extern const char *const vlan_name_type_str[VLAN_NAME_TYPE_HIGHEST];

/* The patch's own. */
static unsigned int listed;

static int livepatch_vlan_seq_show(struct seq_file *seq, void *v)
{
	struct net *net = seq_file_net(seq);
	struct vlan_net *vn = net_generic(net, vlan_net_id);

	if (v == SEQ_START_TOKEN) {
		const char *nmtype = NULL;

		listed = 0;
		seq_puts(seq, "VLAN Dev name	 | VLAN ID | livepatched\n");

		if (vn->name_type < ARRAY_SIZE(vlan_name_type_str))
			nmtype = vlan_name_type_str[vn->name_type];

		seq_printf(seq, "Name-Type: %s\n", nmtype ? nmtype : "UNKNOWN");
	} else {
		const struct net_device *vlandev = v;
		const struct vlan_dev_priv *vlan = vlan_dev_priv(vlandev);

		seq_printf(seq, "%-15s| %d  | %s  | %u\n", vlandev->name, vlan->vlan_id,
			   vlan->real_dev->name, ++listed);
	}
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "vlan_seq_show",
		.new_func = livepatch_vlan_seq_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "8021q",
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_vlan_init(void)
{
	return KLP_START(&patch);
}

static void __exit klp_vlan_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_vlan_init);
module_exit(klp_vlan_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
