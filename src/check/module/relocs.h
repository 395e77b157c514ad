/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The places that a module's relocations write to. They are collected from all sections, in order
 * to find two that write to the same bytes.
 */
#ifndef KLP_CHECK_RELOCS_H
#define KLP_CHECK_RELOCS_H

#include "check/say.h"

struct reloc_place {
	size_t section;
	uint64_t offset;
	uint8_t size; /* bytes */
	bool klp;
	bool sum;	    /* it changes what is there, instead of replacing it */
	size_t rela, entry; /* where the relocation stands */
};

struct reloc_places {
	struct reloc_place *p;
	size_t n, cap;
};

/*
 * Checks each relocation of a section with a sound header. klp describes a section of livepatch
 * relocations; it is NULL for plain ones. -1 when not all entries can be read.
 */
int places_read(struct check *c, struct reloc_places *p, size_t index, struct check_section *klp);

/* Reports places to which two relocations write. */
void places_compare(const struct check *c, struct reloc_places *p);

void places_free(struct reloc_places *p);

#endif
