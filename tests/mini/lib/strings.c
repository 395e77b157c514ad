// SPDX-License-Identifier: GPL-2.0-only
/* Exports that patches use, and globals with the names of statics. */
#include "mini.h"

long sink_total;

__attribute__((noipa)) long sink(long x)
{
	asm volatile("" : : "r"(&x) : "memory");
	return sink_total += x;
}
EXPORT_SYMBOL(sink);

__attribute__((noipa)) int _printk(const char *fmt, ...)
{
	return fmt[0];
}
EXPORT_SYMBOL(_printk);

/* The static of this name is in fs/proc/beta.c. */
int registered(int x)
{
	return x + 9;
}
