/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of a relocation whose symbol becomes a livepatch symbol.
 *
 * Most become livepatch relocations as they are. Some cannot: the kernel's livepatch core takes no
 * other symbols beside livepatch symbols in their section (kernel/livepatch/core.c,
 * klp_resolve_symbols()), which tears apart a pair with a local label; and relocations against
 * symbols of a module are applied when the patch's code is read-only (doc/riscv64.md). They stay
 * where they are, and refer to a pointer of the patch's own, a slot, which has the livepatch
 * relocation. The row of the architecture says which type is of which kind.
 */
#ifndef KLP_MOVES_H
#define KLP_MOVES_H

#include <stdbool.h>

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "elf/relocs.h"

enum move_how {
	MOVE_AS_IS,   /* a livepatch relocation of the type and addend said */
	MOVE_TO_SLOT, /* it stays, with that type, and refers to a slot */
	MOVE_TO_STUB, /* it stays, and calls a stub that jumps to where a slot points */
	/*
	 * Its instruction jumps to a veneer that loads a slot: of the symbol, or where one
	 * relocation has the whole address (arch_reloc.slot), of the symbol with the addend.
	 */
	MOVE_TO_VENEER,
	MOVE_TO_NUMBER,	 /* it goes; its instruction adds the addend to what a veneer has loaded */
	MOVE_DIFFERENCE, /* the same as MOVE_AS_IS; its place has to be zero, and its twin goes */
	MOVE_REFUSED,
};

struct move {
	enum move_how how;
	uint32_t type;
	int64_t addend;
	bool loads;	 /* MOVE_TO_SLOT: what completes it has to load, see move_completes() */
	const char *why; /* MOVE_REFUSED: the reason, and the way out */
};

/*
 * all: the relocations of the file. late: the symbol is a module's, and when the kernel resolves it
 * the patch's code is already read-only.
 */
struct move move_of(const struct elf_file *f, const struct arch *arch, const struct relocs *all,
		    const struct reloc *r, bool late);

/* Does r only subtract where the other relocation of its place, *twin, adds? */
bool move_is_twin(const struct arch *arch, const struct relocs *all, const struct reloc *r,
		  const struct reloc **twin);

/* The instruction of four bytes at that offset of a section; false where there is none. */
bool move_code(const struct elf_file *f, size_t section, uint64_t offset, unsigned char *code);

/*
 * Does r complete the address that the one at that offset of the same section begins? Its
 * instruction begins arch->code.operand_ahead bytes on, which may be a negative number.
 */
bool move_completes(const struct elf_file *f, const struct arch *arch, const struct reloc *r,
		    size_t section, uint64_t offset);

/* The relocation that begins the address which r completes by its label; NULL: r does not. */
const struct reloc *move_begun(const struct elf_file *f, const struct arch *arch,
			       const struct relocs *all, const struct reloc *r);

#endif
