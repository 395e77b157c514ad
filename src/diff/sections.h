/* SPDX-License-Identifier: GPL-2.0-only */
/* What the sections of a kernel's object file hold, as far as cutting goes, by their names. */
#ifndef KLP_DIFF_SECTIONS_H
#define KLP_DIFF_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "elf/elf_file.h"
#include "same/code_tables.h"

enum section_kind {
	SECTION_NONE, /* not loaded, and not for objtool either */
	SECTION_CODE,
	SECTION_DATA,
	SECTION_MERGED,	 /* strings or constants */
	SECTION_TABLE,	 /* about code: an entry goes with what its first reference leads to */
	SECTION_BODIES,	 /* code that tables lead to */
	SECTION_KERNELS, /* what the kernel's own file is: exports, parameters, init calls */
};

enum section_kind section_kind(const struct elf_section *s);

/*
 * The size of a table's entries, as the kernel's debug information or the section itself says it;
 * 0: an entry begins at each relocation.
 */
size_t section_entry_size(const struct elf_section *s, const struct code_tables *tables);

/* Has a table entries of a structure, as tables knows or should know it? */
bool section_has_structure(const struct elf_section *s, const struct code_tables *tables);

/*
 * The kernel writes the values of some of its variables into its own code while it boots, and
 * nobody does that in a module: include/asm-generic/runtime-const.h. "runtime_ptr_NAME" lists where
 * the value of NAME stands: its name; NULL: another section.
 */
const char *section_runtime_variable(const struct elf_section *s);

/* Does a section list any places of that kind? */
bool section_is_runtime(const struct elf_section *s);

/* Does a difference in that table change nothing? Where ftrace has its call sites, for one. */
bool section_is_noise(const struct elf_section *s);

#endif
