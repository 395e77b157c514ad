// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/utsname_sysctl.c
/* The second patch, which replaces the first, allows no more than three times. */
#define LIMIT	3

#include "klp-shadow.h"
