/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KLP_MEMINFO_H
#define KLP_MEMINFO_H

/* page_alloc.c */
unsigned long klp_pages_above_high(void);

#endif
