// SPDX-License-Identifier: GPL-2.0-only
/* Debug information that is in another file: see dwarf/alternate.h. */
#include "dwarf/alternate.h"

#include <string.h>

/*
 * The name that a section begins with, skip bytes behind its beginning, or NULL. .gnu_debugaltlink
 * has it and a build-id; DWARF 5's .debug_sup a version, whether this is the other file, the name.
 */
static const char *name_in(const struct elf_file *elf, const char *section, size_t skip)
{
	size_t index = elf_file_section(elf, section), size;
	const unsigned char *data;

	if (!index || elf_file_bytes(elf, index, &data, &size) || size <= skip ||
	    !memchr(data + skip, '\0', size - skip) || (skip && data[skip - 1]))
		return NULL;
	return (const char *)data + skip;
}

const char *dwarf_alternate(const struct elf_file *elf)
{
	const char *name = name_in(elf, ".gnu_debugaltlink", 0);

	return name ? name : name_in(elf, ".debug_sup", 3);
}
