/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in the code of an object, vmlinux or a module, that a section of it lists: ftrace's call
 * sites, functions that lose their landing instruction.
 */
#ifndef KLP_SITES_H
#define KLP_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/elf_file.h"

struct sites {
	uint64_t *site; /* ascending; of a module as elf_place() */
	size_t n;
	bool known; /* false: the list may be incomplete */
};

/*
 * Reads a module's list, whose entries of so many bytes are relocations. No such section: an empty
 * list. site.known is false where the file has the section without its content, as split debug
 * files do. error() and -1 when it is damaged.
 */
int sites_read_module(struct sites *s, const struct elf_file *module, const char *section,
		      size_t entry);

/* Puts what was written to site[] and n in order. */
void sites_sort(struct sites *s);

/* Is there one in [addr, addr + size)? */
bool sites_in(const struct sites *s, uint64_t addr, uint64_t size);

void sites_free(struct sites *s);

#endif
