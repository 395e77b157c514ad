// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/statfs.c
/* The callers in that file call a clone of it, and stay as they were. */
#include "frame.h"
#include "statfs.h"

PATCH(REPLACES(vfs_statfs, livepatch_vfs_statfs));
