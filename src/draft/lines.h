/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces of a C file in the order in which they were found, each once. */
#ifndef KLP_DRAFT_LINES_H
#define KLP_DRAFT_LINES_H

#include <stddef.h>

#include "base/strmap.h"

struct lines {
	char **line;
	size_t n, cap;
	struct strmap seen;
};

/* Takes the text, which may be NULL: then nothing is added. */
void lines_add(struct lines *l, char *text);

/* The same for what is to be a comment, without its marks, and cannot end it. */
void lines_add_comment(struct lines *l, char *text);

/*
 * Prints each line of each piece behind KEY and a tab; of one that is also in others (or NULL) the
 * key is "shared-KEY".
 */
void lines_print(const struct lines *l, const struct lines *others, const char *key);

/* In the order of their text. */
void lines_sort(struct lines *l);

void lines_free(struct lines *l);

#endif
