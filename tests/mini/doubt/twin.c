// SPDX-License-Identifier: GPL-2.0-only
/* The other unit with header.h's functions. */
#include "header.h"

int header_there(int x);
int header_there(int x)
{
	return header_step(x) - header_inlined(x);
}
