/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of the livepatch structures in a module that has no debug information, and for a
 * kernel of which nothing is at hand: a module that somebody wants to load on a machine without
 * either.
 */
#ifndef KLP_PATCH_INFER_H
#define KLP_PATCH_INFER_H

#include <stdbool.h>

#include "elf/relocs.h"
#include "patch/klp_layout.h"

/*
 * Finds the layout from the module's own arrays. What patches give stands first in each structure,
 * in the same order in every kernel, and all behind it is the kernel's; only how large that is
 * differs, and the size of a variable tells that. False: there are no such arrays, as in modules
 * that make them when they run, or they do not agree.
 * Rule: include/linux/livepatch.h, livepatch_external.h: struct klp_func, klp_object, klp_patch.
 */
bool klp_layout_infer(const struct elf_file *f, const struct arch *arch,
		      const struct relocs *relocs, struct klp_layout *ret);

#endif
