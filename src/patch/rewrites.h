/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code of a module that the kernel replaces, by tables that the module has of it: alternatives,
 * calls of paravirt, feature sections. It does so while it loads the module (module_finalize() of
 * each architecture), so a relocation that is applied later must not write there: by then the place
 * belongs to other code.
 */
#ifndef KLP_REWRITES_H
#define KLP_REWRITES_H

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "elf/relocs.h"

/* A piece of code that may be replaced, or that may be put in its place. */
struct rewrite {
	size_t section;
	uint64_t begin, end;
	const char *table; /* the section of the table that says so */
};

struct rewrites {
	struct rewrite *r;
	size_t n, cap;
	const char *unknown; /* a table whose form is not in vmlinux's debug information; or NULL */
};

/* Reads the tables of a module; what their entries are is read from vmlinux. error() and -1 when
 * its debug information is damaged. */
int rewrites_read(const struct elf_file *module, const struct arch *arch,
		  const struct relocs *relocs, struct elf_file *vmlinux, struct rewrites *ret);

/* The table by which so many bytes at a place are replaced, or NULL. */
const char *rewrites_at(const struct rewrites *r, size_t section, uint64_t offset, uint64_t size);

void rewrites_free(struct rewrites *r);

#endif
