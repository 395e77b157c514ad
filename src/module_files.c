// SPDX-License-Identifier: GPL-2.0-only
/* Looking a source file up in the modules' debug files: see module_files.h. */
#include "module_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf_file.h"
#include "units.h"
#include "util.h"

static bool has_unit(const char *ko, const char *path)
{
	struct unit_query q = {.path = path};
	struct elf_file *elf;
	struct dwarf_file *d;
	bool found = false;

	if (elf_file_open(ko, &elf))
		return false;
	if (dwarf_file_present(elf) && !dwarf_file_open(elf, &d)) {
		found = !units_find(d, &q, 1) && q.n;
		units_free(&q, 1);
		dwarf_file_close(d);
	}
	elf_file_close(elf);
	return found;
}

static char *search_dir(const char *dir, const char *path)
{
	DIR *stream = opendir(dir);
	struct dirent *e;
	char *module = NULL;

	while (stream && !module && (e = readdir(stream))) {
		char *ko;

		if (!str_ends(e->d_name, ".ko") && !str_ends(e->d_name, ".ko.debug"))
			continue;
		ko = xasprintf("%s/%s", dir, e->d_name);
		if (has_unit(ko, path)) {
			module = xstrdup(e->d_name);
			*strstr(module, ".ko") = '\0';
		}
		free(ko);
	}
	if (stream)
		closedir(stream);
	return module;
}

char *module_of_file(const char *dir, const char *path)
{
	char *sub = xasprintf("%s/kernel/%s", dir, path), *slash, *module = NULL;
	size_t top = strlen(dir) + strlen("/kernel");

	while (!module && (slash = strrchr(sub, '/')) != NULL && (size_t)(slash - sub) >= top) {
		*slash = '\0';
		module = search_dir(sub, path);
	}
	free(sub);
	return module;
}
