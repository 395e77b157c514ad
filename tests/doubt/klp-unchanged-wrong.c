// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/devices.c
/* Nothing has been changed. */
#define HEADING "Character devices:\n"
#include "devices.h"
#include "frame.h"

PATCH(REPLACES(devinfo_show, livepatch_devinfo_show));
