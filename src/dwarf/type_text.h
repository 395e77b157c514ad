/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations as C: for messages, about what the author wrote and what the kernel has, and for
 * files that a compiler reads.
 */
#ifndef KLP_TYPE_TEXT_H
#define KLP_TYPE_TEXT_H

#include "dwarf/types.h"

/*
 * The declaration of name ("" for the type alone) with a type: "int helper(struct record *r)",
 * "char alpha_buffer[64]". Functions among the types take their own parameters' names. To be freed.
 */
char *type_text(const struct types *t, size_t type, const char *name);

/*
 * The same for a compiler: a structure, union or enumeration without a tag has its members in it.
 * NULL where a part of the type is unknown or has no end.
 */
char *type_code(const struct types *t, size_t type, const char *name);

/*
 * The definition of a structure, union or enumeration with a tag, or of a typedef, on several
 * lines: "struct pair {\n\tint first;\n};". Places that nothing in debug information explains but
 * packed or aligned are written so. NULL as above.
 */
char *type_definition(const struct types *t, size_t type);

#endif
