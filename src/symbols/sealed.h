/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Static keys of vmlinux that are __ro_after_init. Kernels before commit 91a1d97ef482
 * ("jump_label,module: Don't alloc static_key_mod for __ro_after_init keys") fault when a module
 * has a branch on one: kernel/jump_label.c, jump_label_add_module(), links the module into the key,
 * which cannot be written any more. That commit brought jump_label_init_ro().
 */
#ifndef KLP_SEALED_H
#define KLP_SEALED_H

#include <stdbool.h>
#include <stdint.h>

#include "symbols/kallsyms.h"

/* Asks for the names that is_sealed_key() needs, before symbols are read. */
void sealed_want(struct kallsyms *k);

/* Would that vmlinux fault on a branch of a module on the key at this address? */
bool is_sealed_key(const struct kallsyms *k, uint64_t addr);

#endif
