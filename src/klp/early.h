/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sections of a livepatch module that the kernel has already used when it applies the livepatch
 * relocations that wait for a module: kernel/module/main.c, load_module(), comes before
 * kernel/livepatch/core.c, klp_init_object_loaded() and klp_module_coming(). It checks none of
 * this.
 */
#ifndef KLP_EARLY_H
#define KLP_EARLY_H

#include <stdbool.h>

#include "arch/arch.h"
#include "elf/elf_file.h"

/*
 * Does the kernel run this code while it loads or unloads the patch, whichever other modules are
 * there?
 */
bool section_runs_anyway(const char *name);

/* Has it run, read, copied or freed the section before it applies those relocations? */
bool section_is_early(const struct arch *arch, const char *name);

/*
 * Is its memory read-only by then? kernel/module/strict_rwx.c, module_enable_rodata_ro();
 * include/linux/cache.h, __ro_after_init
 */
bool section_is_read_only(const struct elf_section *s);

#endif
