/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the files of a kernel's modules lie, installed ones and debug files alike. */
#ifndef KLP_MODULE_FILES_H
#define KLP_MODULE_FILES_H

#include <stddef.h>

/* What the command line says of the modules' files; NULL where it says nothing. */
struct module_options {
	const char *installed; /* lib/modules/RELEASE */
	const char *debug;     /* the directory of the modules' debug files */
	char **extra;	       /* further modules, by file */
	size_t extras, extras_cap;
};

struct module_list {
	char **path;
	size_t n, cap;
};

/* Adds a path, which the list then owns. */
void module_list_add(struct module_list *list, char *path);

/*
 * Adds the modules below dir that may be made of a source file: they lie in its directory
 * (DIR/kernel/net/foo/bar.ko for net/foo/bar.c) or in one above it.
 */
void module_list_near(struct module_list *list, const char *dir, const char *source);

/* Adds all modules below dir but packed ones, which would take minutes to look into. */
void module_list_all(struct module_list *list, const char *dir);

void module_list_free(struct module_list *list);

/* What the kernel calls a module file: "nf_tables" for ".../nf-tables.ko.xz". To be freed. */
char *module_name(const char *path);

/* The file of the module with that name anywhere below dir, or NULL. To be freed. */
char *module_file(const char *dir, const char *name);

#endif
