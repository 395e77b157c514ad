/* SPDX-License-Identifier: GPL-2.0-only */
/* What two compile units have from a header: each its own code of it, and each inlines it. */
#ifndef DOUBT_HEADER_H
#define DOUBT_HEADER_H

#include "mini.h"

static __used int header_step(int x)
{
	return x * 3 + (int)sink(x);
}

/* Inlined wherever it is used. */
static __always_inline int header_inlined(int x)
{
	return x * 5 - 2;
}

#endif
