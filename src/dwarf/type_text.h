/* SPDX-License-Identifier: GPL-2.0-only */
/* Declarations as C, for messages: what the author wrote and what the kernel has. */
#ifndef KLP_TYPE_TEXT_H
#define KLP_TYPE_TEXT_H

#include "dwarf/types.h"

/*
 * The declaration of name ("" for the type alone) with a type: "int helper(struct record *r)",
 * "char alpha_buffer[64]". Functions among the types take their own parameters' names. To be freed.
 */
char *type_text(const struct types *t, size_t type, const char *name);

#endif
