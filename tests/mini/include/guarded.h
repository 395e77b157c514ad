/* SPDX-License-Identifier: GPL-2.0-only */
/* Some of what is in here is kept from modules, as in <asm/tlbflush.h>. */
#ifndef GUARDED_H
#define GUARDED_H

#ifdef CONFIG_MODULES
struct guarded_open;
#endif

#ifdef MODULE
#define GUARDED_MODULE 1
#else
#ifndef GUARDED_MODULE
int guarded(int x);
#endif
#endif

#ifndef MODULE
int guarded_too(int x);
#endif

int guarded_not(int x);

#endif
