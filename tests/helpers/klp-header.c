// SPDX-License-Identifier: GPL-2.0
//KLPMAKE net/ipv4/fou_core.c
#include <linux/skbuff.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/gue.h>
#include "frame.h"

/* The fixed validate_gue_flags() of <net/gue.h>; gue_udp_recv() and gue_gro_receive() have it, too. */
static int livepatch_validate_gue_flags(struct guehdr *g, size_t optlen)
{
	return 1;
}

static int livepatch_gue_err(struct sk_buff *skb, u32 info)
{
	struct guehdr *g = (struct guehdr *)&udp_hdr(skb)[1];

	return livepatch_validate_gue_flags(g, g->hlen << 2) ? -EINVAL : 0;
}

PATCH_OF("fou", REPLACES(gue_err, livepatch_gue_err));
