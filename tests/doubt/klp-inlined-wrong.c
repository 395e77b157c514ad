// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sys.c
/* getpgrp(2) has do_getpgid() inlined and stays as it was. */
#include "frame.h"
#include "getpgid.h"

PATCH(REPLACES(do_getpgid, livepatch_do_getpgid));
