/* SPDX-License-Identifier: GPL-2.0-only */
/* A helper that two units have from a header. */
#ifndef DOUBT_HELPERS_H
#define DOUBT_HELPERS_H

#include "mini.h"

static __always_inline int header_helper(int x)
{
	int half = x / 2;

	return half * 5 + (int)sink(half);
}

#endif
