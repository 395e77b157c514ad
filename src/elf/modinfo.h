/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module says of itself: the strings "KEY=VALUE" in its section .modinfo. */
#ifndef KLP_MODINFO_H
#define KLP_MODINFO_H

#include <stddef.h>

#include "elf/elf_file.h"

/*
 * The next value of a key, in the file's order; *pos starts at 0. NULL: no more, or no section
 * with bytes in it (a debug file may have none).
 * Rule: kernel/module/main.c, get_next_modinfo().
 */
const char *modinfo_next(const struct elf_file *f, const char *key, size_t *pos);

/* The first value of a key, or NULL. */
const char *modinfo_first(const struct elf_file *f, const char *key);

enum vermagic {
	VERMAGIC_SAME,
	VERMAGIC_OTHER_RELEASE, /* which does not matter to the loader: symbol versions do */
	VERMAGIC_OTHER,
};

/*
 * Would a kernel of that version magic take the module? VERMAGIC_SAME for one that has none.
 * Rule: kernel/module/version.c, same_magic().
 */
enum vermagic modinfo_compare_vermagic(const struct elf_file *f, const char *want);

#endif
