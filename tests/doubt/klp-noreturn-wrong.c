// SPDX-License-Identifier: GPL-2.0
//KLPMAKE mm/vmscan.c
/* kswapd() is what the thread kswapd0 does: called once, when the kernel boots. */
#include "frame.h"

static int livepatch_kswapd(void *node)
{
	return 0;
}

PATCH(REPLACES(kswapd, livepatch_kswapd));
