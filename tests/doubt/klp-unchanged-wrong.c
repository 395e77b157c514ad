// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/filesystems.c
/* Nothing has been changed. */
#define NODEV "nodev"
#include "filesystems.h"
#include "frame.h"

PATCH(REPLACES(filesystems_proc_show, livepatch_filesystems_proc_show));
