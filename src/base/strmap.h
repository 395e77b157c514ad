/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map from strings to numbers. It decides which of the hundreds of thousands of names in a
 * kernel are worth keeping, so that memory grows with the patch and not with the kernel.
 * (The C library's hsearch_r can neither grow nor be listed.)
 */
#ifndef KLP_STRMAP_H
#define KLP_STRMAP_H

#include <stddef.h>

struct strmap_text;

struct strmap_entry {
	const char *key; /* the map's own copy */
	size_t value;
};

struct strmap {
	struct strmap_entry *slot; /* open addressing, a power of two, at most half full */
	size_t slots;
	size_t n;
	struct strmap_text *text; /* the keys */
};

/* The value of key, added with the given value when it was not there. */
size_t *strmap_add(struct strmap *map, const char *key, size_t value);

/* The value of key, or NULL. */
size_t *strmap_get(const struct strmap *map, const char *key);

void strmap_free(struct strmap *map);

#endif
