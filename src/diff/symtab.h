/* SPDX-License-Identifier: GPL-2.0-only */
/* The symbol table of the cut object. */
#ifndef KLP_DIFF_SYMTAB_H
#define KLP_DIFF_SYMTAB_H

#include "base/strmap.h"
#include "diff/layout.h"
#include "elf/strings.h"

/* What a new function is called that replaces one: as people write it in livepatches. */
#define REPLACES "livepatch_"

struct symtab {
	Elf64_Sym *sym;
	size_t n, cap, locals;
	struct strings names;
	size_t *map;		 /* symbol of the old file to the one here; 0: not there */
	size_t *section;	 /* by section of the old file: its symbol here */
	struct strmap undefined; /* by name: the symbol here */
};

/* All symbols of the pieces that are cut out, and those that they leave undefined. */
void symtab_make(struct symtab *t, const struct diff *d, const struct layout *l);
void symtab_free(struct symtab *t);

/* The undefined symbol that a reference of a piece leads to. */
size_t symtab_outside(const struct symtab *t, const struct layout *l, const struct piece_ref *r);

#endif
