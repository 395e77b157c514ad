/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a module is signed. */
#ifndef KLP_SIGNATURE_H
#define KLP_SIGNATURE_H

#include <stdbool.h>

#include "elf/elf_file.h"

/*
 * Does the file end as a signed module does? Whether the kernel knows the key, only the kernel can
 * say. Rule: kernel/module/signing.c, module_sig_check().
 */
bool module_is_signed(const struct elf_file *f);

#endif
