// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sys.c
#include "frame.h"
#include "getpgid.h"

PATCH(REPLACES(do_getpgid, livepatch_do_getpgid), REPLACES(__x64_sys_getpgrp, livepatch_getpgid));
