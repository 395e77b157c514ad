/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels that livepatch without ftrace, as openEuler's do with CONFIG_LIVEPATCH_WO_FTRACE: they
 * write a jump over the beginning of the old function. The function need not be traced, but the
 * jump needs room.
 */
#ifndef KLP_JUMP_H
#define KLP_JUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/elf_file.h"
#include "symbols/kallsyms.h"

/* The function that writes the jump, which only such kernels have: arch/.../kernel/livepatch.c */
#define KLP_JUMP_WRITER "arch_klp_patch_func"

struct jump {
	bool used;   /* the kernel has KLP_JUMP_WRITER */
	size_t size; /* of what it overwrites, in bytes; 0: its debug information does not tell */
	char refusal[128]; /* what jump_refusal() says */
};

/*
 * Reads how much is overwritten: it is what the kernel saves to undo the jump, the member old_insns
 * or old_code of struct arch_klp_data (arch/.../include/asm/livepatch.h), or, in older kernels, of
 * struct klp_func_node. writer: the address of KLP_JUMP_WRITER, whose compile unit has them.
 * error() and -1 when the DWARF is damaged.
 */
int jump_read(struct jump *j, struct elf_file *vmlinux, uint64_t writer);

/*
 * Why the jump does not fit over a function of an object, or NULL when it does.
 * Rule: kernel/livepatch/core.c, klp_init_object_loaded(): the distance to the next symbol of
 * kallsyms (kallsyms_lookup_size_offset()) must not be less. Kernels before that test write over
 * what follows.
 */
const char *jump_refusal(const struct jump *j, const struct elf_file *object,
			 const struct ksym *sym);

#endif
