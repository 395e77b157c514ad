// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/filesystems.c
#define NODEV "none"
#include "filesystems.h"
#include "frame.h"

PATCH(REPLACES(filesystems_proc_show, livepatch_filesystems_proc_show));
