/* SPDX-License-Identifier: GPL-2.0-only */
/* Which module a kernel source file is compiled into, from the modules' debug files. */
#ifndef KLP_MODULE_FILES_H
#define KLP_MODULE_FILES_H

/*
 * The name of the module that has a compile unit of that path, or NULL. Modules lie in the
 * directory of their source (DIR/kernel/net/foo/bar.ko for net/foo/bar.c) or in one above it, so
 * only those are opened. The caller frees the result.
 */
char *module_of_file(const char *dir, const char *path);

#endif
