// SPDX-License-Identifier: GPL-2.0
//KLPMAKE net/netlink/genetlink.c
/*
 * The second half: a generic netlink family is found whatever the case of the name asked for.
 */
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/kmod.h>
#include <linux/rwsem.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "klp-netlink.h"

/* Static in net/netlink/genetlink.c. */
extern struct rw_semaphore cb_lock;
extern struct idr genl_fam_idr;
extern struct sk_buff *ctrl_build_family_msg(const struct genl_family *family,
					     u32 portid, int seq, u8 cmd);

/* From net/netlink/genetlink.c, inlined there, as is the next. */
static const struct genl_family *genl_family_find_byid(unsigned int id)
{
	return idr_find(&genl_fam_idr, id);
}

/*
 * In place of genl_family_find_byname(), which had strcmp() alone. An exact match is still preferred.
 * Registering a family goes on asking for the exact name, so that this is a function of its own.
 */
static const struct genl_family *find_family_in_any_case(char *name)
{
	const struct genl_family *family, *like = NULL;
	unsigned int id;

	idr_for_each_entry(&genl_fam_idr, family, id) {
		if (strcmp(family->name, name) == 0)
			return family;
		if (strcasecmp(family->name, name) == 0)
			like = family;
	}

	return like;
}

/* From net/netlink/genetlink.c: ctrl_getfamily(). */
int livepatch_ctrl_getfamily(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	const struct genl_family *res = NULL;
	int err = -EINVAL;

	if (info->attrs[CTRL_ATTR_FAMILY_ID]) {
		u16 id = nla_get_u16(info->attrs[CTRL_ATTR_FAMILY_ID]);
		res = genl_family_find_byid(id);
		err = -ENOENT;
	}

	if (info->attrs[CTRL_ATTR_FAMILY_NAME]) {
		char *name;

		name = nla_data(info->attrs[CTRL_ATTR_FAMILY_NAME]);
		res = find_family_in_any_case(name);
#ifdef CONFIG_MODULES
		if (res == NULL) {
			genl_unlock();
			up_read(&cb_lock);
			request_module("net-pf-%d-proto-%d-family-%s",
				       PF_NETLINK, NETLINK_GENERIC, name);
			down_read(&cb_lock);
			genl_lock();
			res = find_family_in_any_case(name);
		}
#endif
		err = -ENOENT;
	}

	if (res == NULL)
		return err;

	if (!res->netnsok && !net_eq(genl_info_net(info), &init_net)) {
		/* family doesn't exist here */
		return -ENOENT;
	}

	msg = ctrl_build_family_msg(res, info->snd_portid, info->snd_seq,
				    CTRL_CMD_NEWFAMILY);
	if (IS_ERR(msg))
		return PTR_ERR(msg);

	return genlmsg_reply(msg, info);
}
