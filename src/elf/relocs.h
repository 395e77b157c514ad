/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The relocations of a module's loaded (SHF_ALLOC) sections, in one list ordered by place, so
 * that "what does the pointer at this place point to" is one question.
 */
#ifndef KLP_RELOCS_H
#define KLP_RELOCS_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "elf/elf_file.h"

struct reloc {
	size_t rela;	 /* section index of the SHT_RELA section it stands in */
	size_t section;	 /* section index of what it relocates */
	uint64_t offset; /* in that section */
	int64_t addend;
	uint32_t type;
	size_t symbol; /* index below symnum */
};

struct relocs {
	struct reloc *r;
	size_t n;
};

/*
 * Reads and validates all SHT_RELA sections of loaded sections (entry size, sh_info, symbol
 * index, offset within the section). error() and -1 on the first that is wrong.
 */
int relocs_read(const struct elf_file *f, struct relocs *ret);

/* The same for what relocates one section, loaded or not. */
int relocs_read_section(const struct elf_file *f, size_t section, struct relocs *ret);

/* The first relocation of a section at an offset of at least that, or NULL. */
const struct reloc *relocs_from(const struct relocs *r, size_t section, uint64_t offset);

/* The first relocation at exactly that place, or NULL. */
const struct reloc *relocs_at(const struct relocs *r, size_t section, uint64_t offset);

/*
 * Where the pointer at a place of a relocatable file points: section index and offset.
 * Returns false when there is no relocation or its symbol is not defined in this file.
 */
bool relocs_pointer(const struct elf_file *f, const struct relocs *r, size_t section,
		    uint64_t offset, size_t *to_section, uint64_t *to_offset);

/*
 * What a relocation refers to, in code as well, where the processor counts from the end of the
 * instruction: section index and offset. Returns false when that is not in this file, or when the
 * loader does not know the type.
 */
bool relocs_reference(const struct elf_file *f, const struct arch *arch, const struct reloc *r,
		      size_t *to_section, uint64_t *to_offset);

/* Is the place of a relocation in code an operand, and not where a call or jump leads? */
bool relocs_operand(const struct elf_file *f, const struct arch *arch, const struct reloc *r);

void relocs_free(struct relocs *r);

#endif
