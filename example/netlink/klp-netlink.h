/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KLP_NETLINK_H
#define KLP_NETLINK_H

#include <net/genetlink.h>

/* genetlink.c */
int livepatch_ctrl_getfamily(struct sk_buff *skb, struct genl_info *info);

#endif
