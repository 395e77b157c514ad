/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that look like a misspelt one, for messages. */
#ifndef KLP_NEAR_H
#define KLP_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#define NEAR_MAX 5

struct near {
	const char *wanted;
	const char *name[NEAR_MAX]; /* nearest first */
	size_t distance[NEAR_MAX];
	size_t n;
};

/* Offers a name, which must outlive the list; names that are equal or too far off are ignored. */
void near_offer(struct near *list, const char *name);

/* "  near names: a, b, c" as a line on stderr, nothing when there is none. */
void near_print(const struct near *list, const char *what);

#endif
