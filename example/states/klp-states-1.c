// SPDX-License-Identifier: GPL-2.0
//KLPMAKE mm/ksm.c
/* The first patch. */
#define LEAST		50
#define VERSION		1

#include "klp-states.h"
