/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which source files a kernel was compiled from, and which of these have a header, as debug
 * information shows it: a file is in the line table of a unit that has code, a type or a
 * declaration from it. Macros leave no trace.
 */
#ifndef KLP_SOURCES_H
#define KLP_SOURCES_H

#include <stddef.h>

#include "kernel/module_files.h"

struct elf_file;

struct sources_query {
	const char **file; /* only units in whose line table one of these is, if there are any */
	size_t files, files_cap;
	char **name; /* only units that may mention one of these, if there are any */
	size_t names;
};

/*
 * Prints "OBJECT PATH" for each unit of vmlinux and of the modules with debug information: each
 * once, sorted. *n gets how many. error() and -1 when one of the files is damaged.
 */
int sources_print(struct elf_file *vmlinux, const struct module_options *modules,
		  const struct sources_query *q);

#endif
