// SPDX-License-Identifier: GPL-2.0-only
/* The list of functions that are compared: see same/pairs.h. */
#include "same/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/*
 * The limit to how many functions one comparison leads to: a patch's own, and those that they call
 * in turn.
 */
#define PAIRS_MAX 256

bool same_differ(struct same *s, uint64_t a, uint64_t b, char *what)
{
	free(s->what);
	s->what = what;
	s->a_at = a;
	s->b_at = b;
	return false;
}

/* The landing instruction that a function begins with: how long it is, 0 where there is none. */
static uint64_t landing_size(const struct code *c, uint64_t place, uint64_t size)
{
	size_t len = c->arch->landing.bytes ? strlen(c->arch->landing.bytes) : 0;
	const unsigned char *bytes = len && len <= size ? code_at(c, place, len) : NULL;

	return bytes && !memcmp(bytes, c->arch->landing.bytes, len) ? len : 0;
}

bool same_pair_add(struct same *s, uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	uint64_t a_landing = landing_size(s->a, a, a_size);
	uint64_t b_landing = landing_size(s->b, b, b_size);

	for (size_t i = 0; i < s->pairs; i++) {
		if (s->pair[i].a == a)
			return s->pair[i].b == b;
	}
	if (s->pairs == PAIRS_MAX)
		return false;
	GROW(s->pair, s->pairs, s->pairs_cap);
	s->pair[s->pairs++] = (struct same_pair){a,
						 b,
						 a_size,
						 b_size,
						 .a_skip = b_landing ? 0 : a_landing,
						 .b_skip = a_landing ? 0 : b_landing};
	return true;
}
