/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls, whose entries are what can be replaced, and which macros make anew. */
#ifndef KLP_DRAFT_CALL_H
#define KLP_DRAFT_CALL_H

#include "draft/ask.h"
#include "draft/lines.h"
#include "dwarf/types.h"

/*
 * The macro with which the patch makes the call's functions, from the prototype of its body, and
 * the entries to replace: draft.h. NULL: the types do not tell it. To be freed. Rules:
 * include/linux/syscalls.h, SYSCALL_DEFINEx(); arch/x86/include/asm/syscall_wrapper.h.
 */
char *draft_call(const struct types *t, size_t body, const struct answered *a,
		 const struct elf_file *vmlinux, struct lines *replaces);

#endif
