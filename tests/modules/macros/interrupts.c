// SPDX-License-Identifier: GPL-2.0
/* A static variable within a function: show_interrupts() keeps its column width in prec. */
//KLPMAKE kernel/irq/proc.c
#include <klpmake.h>

int interrupts_prec(void);

extern int prec KLP_STATIC_LOCAL(show_interrupts, prec);

int interrupts_prec(void)
{
	return prec;
}
