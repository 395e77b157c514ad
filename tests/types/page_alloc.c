// SPDX-License-Identifier: GPL-2.0
//KLPMAKE mm/page_alloc.c
/* A function: wrongly declared, only the lowest byte of its result is seen. */
#include <linux/gfp.h>
#include <linux/mmzone.h>

#include "types.h"

#ifdef WRONG_PROTOTYPE
extern u8 nr_free_zone_pages(int offset);
#else
extern unsigned long nr_free_zone_pages(int offset);
#endif

unsigned long types_pages(void)
{
	return nr_free_zone_pages(gfp_zone(GFP_HIGHUSER_MOVABLE));
}
