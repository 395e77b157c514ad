// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sys.c
/* 32-bit programs have a function of their own. */
#include "frame.h"
#include "getpgid.h"

PATCH(REPLACES(__x64_sys_getpgid, livepatch_getpgid));
