/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of vmlinux's compile units, kept from one run to the next: reading them is most of what
 * klpsyms does, and they change only with vmlinux.
 *
 * The file says which vmlinux it is of (build-id, inode, size, time of change) and how many units
 * there are; it is written beside and renamed. If anything does not fit, the cache is ignored. What
 * it names is looked up in the DWARF before it is used.
 */
#ifndef KLP_UNITS_CACHE_H
#define KLP_UNITS_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf/units.h"
#include "elf/elf_file.h"

/* All units of a file, in its order. */
struct unit_list {
	struct unit *unit;
	size_t n, cap;
	char *text; /* that the names point into, or NULL */
};

/* Reads the cache of this file: false when there is none that fits, or it is another user's. */
bool units_cache_read(const char *path, const struct elf_file *elf, struct unit_list *ret);

/* Writes it; failing to write a cache is not an error. */
void units_cache_write(const char *path, const struct elf_file *elf, const struct unit_list *list);

void unit_list_free(struct unit_list *list);

#endif
