/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The places that a module's relocations write to, gathered from all sections so that two which
 * write to the same bytes are found.
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
 * Checks each relocation of a section whose header is sane; klp is its description when it holds
 * livepatch relocations, else NULL. -1 when its entries cannot all be read.
 */
int places_read(struct check *c, struct reloc_places *p, size_t index, struct check_section *klp);

/* Reports places that are written twice. */
void places_compare(const struct check *c, struct reloc_places *p);

void places_free(struct reloc_places *p);

#endif
