// SPDX-License-Identifier: GPL-2.0-only
/* The other unit with helpers.h's function. */
#include "helpers.h"

int header_other(int x);
int header_other(int x)
{
	return header_helper(x) - 1;
}
