// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/utsname_sysctl.c
/* The first patch counts how often a host name was set, and shows it. */
#include <linux/limits.h>

#define LIMIT	UINT_MAX

#include "klp-shadow.h"
