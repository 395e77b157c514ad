/* SPDX-License-Identifier: GPL-2.0-only */
/* What a livepatch module says of itself, and what it would patch, before it is loaded. */
#ifndef KLP_INFO_H
#define KLP_INFO_H

#include <stdbool.h>

#include "elf/elf_file.h"
#include "elf/relocs.h"
#include "patch/klp_patch.h"

struct module_info {
	struct elf_file *elf;
	struct relocs relocs;
	char *name;	      /* the kernel's for the module */
	const char *vermagic; /* NULL: the file is not a kernel module */
	bool livepatch;
	struct patches patches; /* n is 0 when the module makes them when it runs */
};

/*
 * Opens a module, which may be compressed. error() and -1 when it is damaged, or for an
 * architecture that has no livepatch.
 */
int module_info_open(struct module_info *info, const char *path);
void module_info_close(struct module_info *info);

/* Prints it: one fact on a line, or one JSON object. */
void module_info_print(const struct module_info *info);
void module_info_json(const struct module_info *info);

/* The build-id in the bytes of /sys/kernel/notes. error() and -1 when there is none. */
int notes_print_build_id(const char *path);

#endif
