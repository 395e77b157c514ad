/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last step of making a patch for programs: a shared object that ld made, with the table of
 * symbols, becomes the patch. ld has done all that lies within the patch; what it has left is a
 * list of words, each with a name, and the table says what these are.
 */
#ifndef KLP_ULINK_H
#define KLP_ULINK_H

/* error() and -1 when the object has something that a patch cannot have. */
int user_link(const char *object, const char *table, const char *output);

#endif
