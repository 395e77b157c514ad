/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sections of a livepatch module that the kernel is through with when it applies livepatch
 * relocations of a module: kernel/module/main.c, load_module(), comes before
 * kernel/livepatch/core.c, klp_init_object_loaded() and klp_module_coming(). It checks none of
 * this.
 */
#ifndef KLP_EARLY_H
#define KLP_EARLY_H

#include <stdbool.h>

#include "arch.h"
#include "elf_file.h"

/* Does it run this code while it loads or unloads the patch, whatever other module is there? */
bool section_runs_anyway(const char *name);

/* Has it run, read, copied or freed the section by then? */
bool section_is_early(const struct arch *arch, const char *name);

/*
 * Is its memory read-only by then? kernel/module/strict_rwx.c, module_enable_rodata_ro();
 * include/linux/cache.h, __ro_after_init
 */
bool section_is_read_only(const struct elf_section *s);

#endif
