// SPDX-License-Identifier: GPL-2.0-only
/* Finding module files: see module_files.h. */
#include "module_files.h"

#include <dirent.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "unpack.h"
#include "util.h"

/* "x.ko", "x.ko.debug", "x.ko.xz": the length of "x", or 0 for other files. */
static size_t stem_length(const char *file)
{
	const char *ko = strstr(file, ".ko");

	while (ko && ko[3] != '\0' && ko[3] != '.')
		ko = strstr(ko + 1, ".ko");
	return ko ? (size_t)(ko - file) : 0;
}

void module_list_add(struct module_list *list, char *path)
{
	GROW(list->path, list->n, list->cap);
	list->path[list->n++] = path;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_directory(struct module_list *list, const char *dir)
{
	DIR *stream = opendir(dir);
	size_t first = list->n;
	struct dirent *e;

	while (stream && (e = readdir(stream))) {
		if (stem_length(e->d_name))
			module_list_add(list, xasprintf("%s/%s", dir, e->d_name));
	}
	if (stream)
		closedir(stream);
	if (list->n > first)
		qsort(list->path + first, list->n - first, sizeof(*list->path), by_path);
}

void module_list_near(struct module_list *list, const char *dir, const char *source)
{
	char *sub = xasprintf("%s/kernel/%s", dir, source), *slash;
	size_t top = strlen(dir) + strlen("/kernel");

	while ((slash = strrchr(sub, '/')) != NULL && (size_t)(slash - sub) >= top) {
		*slash = '\0';
		add_directory(list, sub);
	}
	free(sub);
}

void module_list_free(struct module_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->path[i]);
	free(list->path);
}

char *module_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	size_t len = stem_length(file);
	char *name = strndup(file, len ? len : strlen(file));

	for (char *p = name; p && *p; p++) {
		if (*p == '-')
			*p = '_';
	}
	return name;
}

/* The next module file of a directory tree, NULL when there is none left. */
static FTSENT *next_module(FTS *tree)
{
	FTSENT *e = NULL;

	while (tree && (e = fts_read(tree))) {
		if (e->fts_info != FTS_D && e->fts_info != FTS_DP && stem_length(e->fts_name))
			break;
	}
	return e;
}

static FTS *open_tree(const char *dir)
{
	char *root = xstrdup(dir);
	char *const roots[] = {root, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR | FTS_NOSTAT, NULL);

	free(root);
	return tree;
}

void module_list_all(struct module_list *list, const char *dir)
{
	FTS *tree = open_tree(dir);
	FTSENT *e;

	while ((e = next_module(tree))) {
		if (!is_packed(e->fts_path))
			module_list_add(list, xstrdup(e->fts_path));
	}
	if (tree)
		fts_close(tree);
	if (list->n)
		qsort(list->path, list->n, sizeof(*list->path), by_path);
}

char *module_file(const char *dir, const char *name)
{
	FTS *tree = open_tree(dir);
	char *found = NULL;
	FTSENT *e;

	while (!found && (e = next_module(tree))) {
		char *is = module_name(e->fts_name);

		if (!strcmp(is, name))
			found = xstrdup(e->fts_path);
		free(is);
	}
	if (tree)
		fts_close(tree);
	return found;
}
