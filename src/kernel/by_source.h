/* SPDX-License-Identifier: GPL-2.0-only */
/* Which object was compiled from a source file: the modules that the user names, those whose files
 * lie near it, then all others. */
#ifndef KLP_BY_SOURCE_H
#define KLP_BY_SOURCE_H

#include "image/objects.h"

/* objects_by_source() of the kernel. */
int module_by_source(struct objects *o, const char *tag, struct unit_query *query,
		     struct object **ret);

#endif
