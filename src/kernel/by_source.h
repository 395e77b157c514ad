/* SPDX-License-Identifier: GPL-2.0-only */
/* Which object was compiled from a source file: the modules that the user names, those whose files
 * lie near it, then all others. */
#ifndef KLP_BY_SOURCE_H
#define KLP_BY_SOURCE_H

#include <stdbool.h>

#include "image/objects.h"
#include "kernel/module_files.h"

/* objects_by_source() of the kernel. */
int module_by_source(struct objects *o, const char *tag, struct unit_query *query,
		     struct object **ret);

/*
 * The modules that have a unit of that source. near: only those whose files lie near it are looked
 * into, as for a source that vmlinux has. error() and -1 when one cannot be read.
 */
int modules_of_source(const struct module_options *files, const char *tag, bool near,
		      struct module_list *ret);

#endif
