/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patches that the kernel's own init code makes: scripts/livepatch/init.c (Linux 6.19 and later)
 * allocates struct klp_patch and fills it from a section that objtool has written. What stands
 * there is all that will be replaced.
 */
#ifndef KLP_PATCH_EXTERNAL_H
#define KLP_PATCH_EXTERNAL_H

#include "patch/parts.h"

/* Is the section a list of objects for that init code? */
bool patch_is_external(const struct elf_file *f, size_t section);

/*
 * Reads it. error() and -1 when it is not such a list, or a pointer leads to where this file has no
 * data. Rule: include/linux/livepatch_external.h; tools/objtool/klp-diff.c, create_klp_sections().
 */
int patch_read_external(const struct patch_reader *r, size_t section, struct patch *p);

#endif
