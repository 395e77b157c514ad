/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a compiler puts the members of a structure when nothing else is said, so that a definition
 * written anew can say what else there was: packed, aligned, or bits without a name. Debug
 * information has the places alone.
 */
#ifndef KLP_TYPE_PLACES_H
#define KLP_TYPE_PLACES_H

#include "dwarf/types.h"

struct type_places {
	const struct types *t;
	size_t type;
	bool unite, packed;
	uint64_t end;	    /* of the members so far, in bits */
	unsigned int align; /* the most that has been written at one of them */
};

/* What has to be written at a member for it to come to its place. */
struct type_place {
	uint64_t from;	    /* where bits without a name begin before it */
	unsigned int gap;   /* how many there are */
	unsigned int align; /* of an aligned(), or 0 */
};

void type_places_begin(struct type_places *p, const struct types *t, size_t type);

/* For each member in its order. */
struct type_place type_places_next(struct type_places *p, size_t member);

/* Behind the last one: what an aligned() of the whole has to say, or 0. */
unsigned int type_places_align(const struct type_places *p);

/* Is a structure packed? A member tells that lies where its type does not. */
bool type_is_packed(const struct types *t, size_t type);

#endif
