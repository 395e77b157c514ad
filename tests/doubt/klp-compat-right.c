// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sys.c
#include "frame.h"
#include "getpgid.h"

PATCH(REPLACES(__x64_sys_getpgid, livepatch_getpgid), REPLACES(__ia32_sys_getpgid, livepatch_getpgid));
