// SPDX-License-Identifier: GPL-2.0-only
/* A module like any other, which is no livepatch. */
#include <linux/module.h>

MODULE_LICENSE("GPL");
