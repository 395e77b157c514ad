// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/devices.c
#define HEADING "Livepatch devices:\n"
#include "devices.h"
#include "frame.h"

PATCH(REPLACES(devinfo_show, livepatch_devinfo_show));
