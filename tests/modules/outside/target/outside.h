/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/compiler.h>
#include <linux/init.h>

const char *two_words(void);
int two_early(void);
