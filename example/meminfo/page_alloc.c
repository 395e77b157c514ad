// SPDX-License-Identifier: GPL-2.0
//KLPMAKE mm/page_alloc.c
/*
 * The part of the patch that needs the page allocator's scope: nothing is patched there, only a
 * static function of it is called.
 */
#include <linux/gfp.h>
#include <linux/mmzone.h>

#include "klp-meminfo.h"

/* Static in mm/page_alloc.c; the kernel offers it to modules for GFP_USER only. */
extern unsigned long nr_free_zone_pages(int offset);

unsigned long klp_pages_above_high(void)
{
	return nr_free_zone_pages(gfp_zone(GFP_HIGHUSER_MOVABLE));
}
