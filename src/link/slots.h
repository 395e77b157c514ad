/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pointers of the patch's own that have the relocations which its code cannot have, and code that
 * jumps to where they point: klp/moves.h says when, doc/riscv64.md why.
 */
#ifndef KLP_LINK_SLOTS_H
#define KLP_LINK_SLOTS_H

#include "link/plan.h"

/* r stays among kept, with that type, and refers to the slot of to. */
void link_to_slot(struct link_plan *plan, struct link_relas *kept, const struct reloc *r,
		  const struct slot *to, uint32_t type);

/* r, a call of a livepatch symbol, stays among kept and goes to a stub. */
void link_to_stub(struct link_plan *plan, struct link_relas *kept, const struct reloc *r,
		  const struct slot *to);

/*
 * r, the page or the beginning of the address of a livepatch symbol, becomes a jump that stays
 * among kept, to a veneer. False when there is no symbol that the jump back could refer to.
 */
bool link_to_veneer(struct link_plan *plan, struct link_relas *kept, const struct reloc *r,
		    const struct slot *to);

/* The instruction of r, the rest of such an address, adds a number and has no relocation. */
void link_set_low(struct link_plan *plan, const struct reloc *r, int64_t number);

/* The instructions that complete the address of r load what is there instead. */
void link_load_slot(struct link_plan *plan, const struct reloc *r);

/* All bytes of the place of r, which the relocation that it becomes does not fill, are zero. */
void link_clear(struct link_plan *plan, const struct reloc *r);

#endif
