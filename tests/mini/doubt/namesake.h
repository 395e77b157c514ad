/* SPDX-License-Identifier: GPL-2.0-only */
/* Another function of a name of header.h, in the same line. */
#ifndef DOUBT_NAMESAKE_H
#define DOUBT_NAMESAKE_H

#include "mini.h"

static __used int header_step(int x)
{
	return x * 9 - (int)sink(x);
}

#endif
