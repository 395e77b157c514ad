/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The debug sections of an ELF file as readers of DWARF take them: one of each name that they need,
 * decompressed, and relocated where the file is relocatable (libdwarf cannot do that for every
 * machine). The file's own bytes stay as they are: what has to be changed is a copy.
 *
 * A relocatable file may have many sections of one name: each type unit (-fdebug-types-section) is
 * a .debug_info in a COMDAT group of its own. They become one, as a linker would make it.
 */
#ifndef KLP_DEBUG_SECTIONS_H
#define KLP_DEBUG_SECTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "elf/elf_file.h"

struct debug_section {
	const char *name;
	uint64_t size; /* when it is decompressed */
	size_t *part;  /* the section indices that it consists of */
	size_t parts, cap;
	const unsigned char *data; /* NULL until it was asked for */
	unsigned char *
		copy; /* the same bytes when they are to be freed, or NULL when they are libelf's */
};

struct debug_sections {
	const struct elf_file *elf;
	struct debug_section *s;
	size_t n;
	uint64_t *offset; /* by section index: where it begins in the one of its name */
};

/* The size of a section when it is decompressed. */
uint64_t debug_section_size(const struct elf_section *s);

/*
 * Its bytes, decompressed, as libelf has them; NULL when it cannot deliver them. From then on
 * gelf_getshdr() says what the section is like without compression.
 */
const Elf_Data *debug_section_data(const struct elf_section *s);

/* Lists the debug sections of a file, which stays open as long as they are used. */
struct debug_sections *debug_sections_create(const struct elf_file *elf);
void debug_sections_destroy(struct debug_sections *d);

/* The bytes of section number i < n, s[i].size of them; NULL when libelf cannot deliver them. */
const unsigned char *debug_sections_data(struct debug_sections *d, size_t i);

/* The same by name; NULL and *size 0 when there is no such section. */
const unsigned char *debug_sections_bytes(struct debug_sections *d, const char *name, size_t *size);

/*
 * The first section with a compression that this libelf does not know, or NULL. For each kind of
 * compression, one section is tried.
 */
const struct elf_section *debug_sections_unreadable(const struct debug_sections *d);

#endif
