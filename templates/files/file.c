// SPDX-License-Identifier: GPL-2.0
@TAG@
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
@INCLUDES@
#include <klpmake.h>

#include "@HEADER@"
@DECLARATIONS@
@FUNCTIONS@
