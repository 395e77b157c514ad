/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 'klpsyms --explain': what to write for the names that a compiler did not know in the files of a
 * patch, so that one build reports all of them.
 */
#ifndef KLP_EXPLAIN_H
#define KLP_EXPLAIN_H

#include <stddef.h>

#include "image/objects.h"

/*
 * names: a file with a line "SOURCE<tab>KIND<tab>NAME" for each; KIND is "name" for a function or
 * variable, "type", or "member" of a structure, NAME then being "STRUCTURE.MEMBER". Prints lines
 * "SOURCE<tab>KIND<tab>NAME<tab>TEXT", in that order, one for each piece of advice about the name.
 * headers: directories in which the kernel's headers lie as in its tree. error() and -1 when a
 * source's tag is wrong or the target's debug information is damaged.
 */
int explain(struct objects *objects, const char *names, const char *const *headers,
	    size_t header_dirs);

#endif
