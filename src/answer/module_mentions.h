/* SPDX-License-Identifier: GPL-2.0-only */
/* Which modules of the target may have a name, told from the strings of their debug information. */
#ifndef KLP_MODULE_MENTIONS_H
#define KLP_MODULE_MENTIONS_H

#include "kernel/module_files.h"

/*
 * Adds the files of the modules with debug information that have the name among its strings.
 * error() and -1 when one of the files is damaged.
 */
int module_mentions(const struct module_options *files, const char *name, struct module_list *ret);

#endif
