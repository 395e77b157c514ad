/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the pieces that are cut out lie in the new object file. */
#ifndef KLP_DIFF_LAYOUT_H
#define KLP_DIFF_LAYOUT_H

#include "diff/select.h"

struct layout {
	const struct pieces *p;
	const struct selection *s;
	uint64_t *at;	 /* by piece: its offset in the new section */
	size_t *map;	 /* section of the old file to the one in the new file; 0: not there */
	uint64_t *size;	 /* by section of the old file: how long it becomes */
	size_t sections; /* of the new file, the first one (0) counted */
};

void layout_make(struct layout *l, const struct pieces *p, const struct selection *s);
void layout_free(struct layout *l);

/* Is a section taken as a whole: debug information and notes for tools? */
bool layout_is_whole(const struct elf_section *s);

/*
 * The new offset of a place in a section that is cut; false when it has been left out. The end of a
 * piece belongs to it.
 */
bool layout_place(const struct layout *l, size_t section, uint64_t offset, uint64_t *ret);

#endif
