// SPDX-License-Identifier: GPL-2.0
//KLPMAKE mm/ksm.c
/* The second patch takes the place of the first, or stands alone. The first may not replace it. */
#define LEAST		100
#define VERSION		2

#include "klp-states.h"
