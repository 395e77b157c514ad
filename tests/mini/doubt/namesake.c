// SPDX-License-Identifier: GPL-2.0-only
#include "namesake.h"

int header_elsewhere(int x);
int header_elsewhere(int x)
{
	return header_step(x) ^ 3;
}
