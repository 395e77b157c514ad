/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel calls a module, by the name of its file. */
#ifndef KLP_MODULE_NAME_H
#define KLP_MODULE_NAME_H

#include <stddef.h>

/* "x.ko", "x.ko.debug", "x.ko.xz": the length of "x", or 0 for other files. */
size_t module_stem(const char *file);

/* What the kernel calls a module file: "nf_tables" for ".../nf-tables.ko.xz". To be freed. */
char *module_name(const char *path);

/*
 * Where no loaded module can have that name ("nf-tables.ko"): the name that it has, to be freed;
 * else NULL.
 */
char *module_name_meant(const char *name);

#endif
