// SPDX-License-Identifier: GPL-2.0-only
//KLPMAKE price.c
#include <klpmake-user.h>

extern long each;
extern long asked;

/* Five and more are cheaper. */
long price_with_discount(long count);
long price_with_discount(long count)
{
	asked++;
	return count < 5 ? count * each : count * each * 9 / 10;
}
