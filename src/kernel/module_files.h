/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the files of a kernel's modules lie, installed ones and debug files alike. */
#ifndef KLP_MODULE_FILES_H
#define KLP_MODULE_FILES_H

#include <stdbool.h>
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

/*
 * Lists the files of the module with that name below dir. Returns the one that modprobe would load,
 * of several the one that modules.dep of the installed modules has, else what lies in "updates";
 * NULL when there is none, or when neither tells.
 * Rules: depmod(8), modules.dep; depmod.d(5), search.
 */
const char *module_file(const struct module_options *files, const char *dir, const char *name,
			struct module_list *all);

/*
 * Reports with error() that several modules have a name and nothing says which is loaded; returns
 * -1.
 */
int module_refuse_several(const char *dir, const char *name, const struct module_list *all);

/* The file that the user named for the module with that name or path; or NULL. */
const char *module_given(const struct module_options *files, const char *path);

/*
 * Stores the path of the module of that name in *ret, to be freed; NULL: there is none. A file that
 * the user named comes first, then its debug file or its installed one. error() and -1 when several
 * may be meant.
 */
int module_find(const struct module_options *files, bool installed_first, const char *name,
		char **ret);

/*
 * Is this file, which has the tagged source, the file of its name that the kernel loads? error()
 * and -1 when it loads another one, or when that is unknown.
 */
int module_check_loaded(const struct module_options *files, const char *path, const char *tag);

#endif
