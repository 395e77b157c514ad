// SPDX-License-Identifier: GPL-2.0
//KLPMAKE net/netlink/af_netlink.c
/*
 * A variable, and a structure that no headers package has: with a member too few, the one behind it
 * is not the port, which the kernel's own sockets have not.
 */
#include <net/net_namespace.h>
#include <net/sock.h>

#include "types.h"

/* From net/netlink/af_netlink.h: the members up to the last used. */
struct netlink_sock {
	/* struct sock has to be the first member of netlink_sock */
	struct sock		sk;
#ifndef WRONG_LAYOUT
	unsigned long		flags;
#endif
	u32			portid;
};

#ifdef WRONG_DATA
extern long nl_table_users;
#define read_users(users) ((int)*(users))
#else
extern atomic_t nl_table_users;
#define read_users atomic_read
#endif

unsigned int types_portid(void)
{
	return container_of(init_net.rtnl, struct netlink_sock, sk)->portid;
}

int types_users(void)
{
	return read_users(&nl_table_users);
}
