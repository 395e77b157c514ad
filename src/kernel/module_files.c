// SPDX-License-Identifier: GPL-2.0-only
/* Finding module files: see kernel/module_files.h. */
#include "kernel/module_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "elf/unpack.h"
#include "klp/module_name.h"

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
		if (module_stem(e->d_name))
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

/* A symbolic link does not count. */
static bool is_directory(const char *path, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_wanted(const char *file, const char *name)
{
	CLEANUP_FREE char *is = NULL;

	if (!module_stem(file))
		return false;
	if (!name)
		return !is_packed(file);
	is = module_name(file);
	return !strcmp(is, name);
}

/*
 * The module files below dir: of that name, packed ones too, or, without a name, all that are not
 * packed. Not by fts(3): where a long has 32 bits, that of glibc 2.36 takes a directory for empty
 * whose entries have numbers of 64 bits.
 */
static void add_tree(struct module_list *list, const char *dir, const char *name)
{
	DIR *stream = opendir(dir);
	struct dirent *e;

	while (stream && (e = readdir(stream))) {
		char *path;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		path = xasprintf("%s/%s", dir, e->d_name);
		if (is_directory(path, e))
			add_tree(list, path, name);
		else if (is_wanted(e->d_name, name))
			module_list_add(list, xstrdup(path));
		free(path);
	}
	if (stream)
		closedir(stream);
}

static void list_tree(struct module_list *list, const char *dir, const char *name)
{
	add_tree(list, dir, name);
	if (list->n)
		qsort(list->path, list->n, sizeof(*list->path), by_path);
}

void module_list_all(struct module_list *list, const char *dir)
{
	list_tree(list, dir, NULL);
}

/* "updates/x.ko.xz", "updates/x.ko.debug": without what follows "x". */
static char *without_suffix(const char *path)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	size_t len = module_stem(file);

	return xstrndup(path, (size_t)(file - path) + (len ? len : strlen(file)));
}

/* Where modules.dep has a module, without its suffix: lines are "PATH: PATHS that it needs". */
static char *listed(const char *installed, const char *name)
{
	char *path = xasprintf("%s/modules.dep", installed), *text = NULL, *rest, *found = NULL;
	size_t size;

	if (access(path, R_OK) == 0 && read_file(path, &text, &size) == 0) {
		rest = text;
		for (char *line; !found && (line = strsep(&rest, "\n"));) {
			char *is;

			line[strcspn(line, ":")] = '\0';
			is = module_name(line);
			if (!strcmp(is, name))
				found = without_suffix(line);
			free(is);
		}
	}
	free(text);
	free(path);
	return found;
}

/* The one that modprobe would load; NULL: unknown. */
static const char *preferred(const struct module_list *list, const char *dir, const char *in_list)
{
	const char *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const char *below = list->path[i] + strlen(dir) + 1;
		char *plain = without_suffix(below);

		if (in_list ? !strcmp(plain, in_list) : str_starts(below, "updates/")) {
			found = list->path[i];
			n++;
		}
		free(plain);
	}
	return n == 1 ? found : NULL;
}

const char *module_file(const struct module_options *files, const char *dir, const char *name,
			struct module_list *all)
{
	CLEANUP_FREE char *in_list = NULL;

	list_tree(all, dir, name);
	if (all->n < 2)
		return all->n ? all->path[0] : NULL;
	in_list = files->installed ? listed(files->installed, name) : NULL;
	return preferred(all, dir, in_list);
}

int module_refuse_several(const char *dir, const char *name, const struct module_list *all)
{
	error("'%s' has %zu modules '%s', and nothing says which of them is loaded: name its file "
	      "with --module",
	      dir, all->n, name);
	for (size_t i = 0; i < all->n; i++)
		message_more("  %s\n", all->path[i]);
	return -1;
}

const char *module_given(const struct module_options *files, const char *path)
{
	char *name = module_name(path);
	const char *found = NULL;

	for (size_t i = 0; i < files->extras && !found; i++) {
		char *extra = module_name(files->extra[i]);

		if (!strcmp(extra, name))
			found = files->extra[i];
		free(extra);
	}
	free(name);
	return found;
}

int module_find(const struct module_options *files, bool installed_first, const char *name,
		char **ret)
{
	const char *const dirs[] = {
		installed_first ? files->installed : files->debug,
		installed_first ? files->debug : files->installed,
	};
	const char *given = module_given(files, name);
	int status = 0;

	*ret = given ? xstrdup(given) : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(dirs) && !*ret && !status; i++) {
		struct module_list all = {0};
		const char *path = dirs[i] ? module_file(files, dirs[i], name, &all) : NULL;

		if (path)
			*ret = xstrdup(path);
		else if (all.n)
			status = module_refuse_several(dirs[i], name, &all);
		module_list_free(&all);
	}
	return status;
}

int module_check_loaded(const struct module_options *files, const char *path, const char *tag)
{
	const char *loaded = module_given(files, path);
	struct module_list all = {0};
	char *name = module_name(path);
	int status = 0;

	if (!loaded && files->debug)
		loaded = module_file(files, files->debug, name, &all);
	if (!loaded && all.n) {
		status = module_refuse_several(files->debug, name, &all);
	} else if (loaded && strcmp(loaded, path) != 0) {
		error("'%s' is a file of '%s', but '%s' is loaded in its place: tag with a file of "
		      "that one, or name the right one with --module",
		      tag, path, loaded);
		status = -1;
	}
	module_list_free(&all);
	free(name);
	return status;
}
