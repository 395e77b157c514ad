/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel that a patch is for: its vmlinux, exports, symbol positions and traceable
 * functions, gathered and found to be one and the same build.
 */
#ifndef KLP_TARGET_H
#define KLP_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "kernel/jump.h"
#include "symbols/kallsyms.h"
#include "symbols/symvers.h"
#include "symbols/traced.h"

/* What the command line says of the target; NULL where it says nothing. */
struct target_options {
	const char *vmlinux;  /* required */
	const char *symbols;  /* System.map or kallsyms of the same build */
	const char **symvers; /* Module.symvers, then those of modules from outside */
	size_t symverses, symvers_cap;
	const char *build_id; /* hex, or a file of ELF notes such as /sys/kernel/notes */
	const char *release;  /* uname -r: must be the one in vmlinux's banner */
};

struct target {
	struct elf_file *vmlinux;
	const struct arch *arch;
	char build_id[ELF_BUILD_ID_MAX]; /* "" when vmlinux has none */
	struct kallsyms kallsyms;
	struct symvers symvers; /* empty unless the options name one */
	const char *symbols;	/* the witness, or NULL */
	const char *release;	/* what the options say, or NULL */
	struct sites traced;	/* functions of vmlinux */
	uint8_t traced_padding; /* arch.ftrace.padding where this kernel has that, or 0 */
	struct jump jump;
};

/*
 * Opens vmlinux, checks its architecture and build-id, reads each Module.symvers.
 * error() and -1 when the evidence contradicts itself.
 */
int target_open(struct target *t, const struct target_options *opt);

/*
 * In one pass over vmlinux's symbols: the positions of all names asked for with kallsyms_want(),
 * the release in its banner, the table of traced functions, or (in a kernel that patches without
 * ftrace) how much a jump overwrites. Then compares with the witness.
 */
int target_read_symbols(struct target *t);

/* Does this kernel's module loader know the relocation? Call it after target_read_symbols(). */
bool target_applies(const struct target *t, const struct arch_reloc *r);

/*
 * The kernel's own version magic: "vermagic" of kernel/module/main.c, a string in vmlinux. NULL
 * when vmlinux does not have it. Call it after target_read_symbols().
 */
const char *target_vermagic(const struct target *t);

/*
 * The function that a livepatch module gives its struct klp_patch to: KLP_ENABLE, or KLP_REGISTER
 * where vmlinux has only that. Call it after target_read_symbols().
 */
const char *target_starter(const struct target *t);

void target_close(struct target *t);

#endif
