/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations that a header keeps from modules: they stand behind #ifndef MODULE, as most of
 * <asm/tlbflush.h> does on x86, and no patch gets them by an #include.
 */
#ifndef KLP_HIDDEN_H
#define KLP_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>

/* Is that line of a header read only where MODULE is not defined? */
bool hidden_from_modules(const char *text, size_t line);

/*
 * The text of a header of the target's by its path in the tree, to be freed: n directories are
 * searched, in which headers lie as in the tree. NULL: it is not there.
 */
char *header_text(const char *const *dir, size_t n, const char *path);

/* Does a header keep what it has at "path:line" from modules? */
bool header_hides(const char *const *dir, size_t n, const char *place);

#endif
