/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A patch may define what the kernel has under the same name. Mostly the author meant the kernel's,
 * and there would be two: this is refused where it can be recognised.
 */
#ifndef KLP_OWN_NAMES_H
#define KLP_OWN_NAMES_H

#include "image/objects.h"
#include "patch/object_file.h"
#include "resolve/scope.h"

/*
 * A name that file uses and another file of the patch, definer, defines: that is what the linker
 * takes, but is it meant? error() where the tagged file has a static of that name.
 */
void own_name_check(const struct object_file *file, const struct scope *scope, const char *name,
		    const struct object_file *definer);

/*
 * Variables that file defines itself with the names of the kernel's: 'static int state;' and 'int
 * state;' define a new one where 'extern int state;' was meant, and CREATE_TRACE_POINTS new
 * tracepoints. error() for each variable, and once for the tracepoints.
 */
void own_data_check(const struct objects *objects, const struct object_file *file,
		    const struct scope *scope);

#endif
