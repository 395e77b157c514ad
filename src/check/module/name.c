// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's name: it has to fit into struct module, must not be taken, and has to work with the
 * programs that unload modules.
 *
 * Rules: include/linux/moduleparam.h, MODULE_NAME_LEN; kernel/module/main.c, add_unformed_module();
 * kernel/module/sysfs.c, mod_sysfs_init(); kernel/params.c, param_sysfs_builtin(); kmod,
 * modname_normalize().
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/say.h"
#include "elf/modinfo.h"
#include "kernel/module_files.h"

/*
 * To kmod, a '.' ends the name and '-' is the same as '_'; in /proc/modules blanks separate
 * columns.
 */
static bool is_unloadable(const char *name)
{
	for (const char *p = name; *p; p++) {
		if (strchr(".-/,", *p) || !isgraph((unsigned char)*p))
			return false;
	}
	return true;
}

/*
 * Does the kernel have a directory of this name in /sys/module for code that is built in? It makes
 * one for code with parameters or a version, which modules.builtin.modinfo lists as
 * "NAME.KEY=VALUE".
 */
static bool is_in_sysfs(const char *installed, const char *name)
{
	char *path = xasprintf("%s/modules.builtin.modinfo", installed), *text = NULL;
	size_t size = 0, len = strlen(name);
	bool found = false;

	if (access(path, R_OK) == 0 && !read_file(path, &text, &size)) {
		for (size_t i = 0; i < size && !found; i += strlen(text + i) + 1) {
			const char *key = text + i + len + 1;

			found = !strncmp(text + i, name, len) && text[i + len] == '.' &&
				(str_starts(key, "parm") || str_starts(key, "version="));
		}
	}
	free(text);
	free(path);
	return found;
}

/*
 * Does the kernel have a module of this name? An installed livepatch does not count: it may be this
 * one.
 */
static bool is_taken(struct check *c, const char *name)
{
	struct object *other;

	return !objects_by_name(&c->objects, name, &other) && other &&
	       !modinfo_first(other->elf, "livepatch");
}

static void check_free_name(struct check *c, const char *name)
{
	const char *installed = c->objects.files->installed;

	if (installed && is_in_sysfs(installed, name))
		bad(c,
		    "its name '%s' is that of a part of this kernel: mod_sysfs_init() refuses the "
		    "module as one that is loaded already\n"
		    "  give it a name of its own",
		    name);
	else if (is_taken(c, name))
		bad(c,
		    "its name '%s' is that of a module of this kernel: add_unformed_module() takes "
		    "only one of the two\n"
		    "  give it a name of its own",
		    name);
}

void check_name(struct check *c)
{
	const char *name = modinfo_first(c->mod, "name");

	if (!name)
		odd(c, "modinfo has no 'name': the loader falls back on struct module's");
	else if (strlen(name) > KLP_MODULE_NAME_MAX)
		bad(c,
		    "its name '%s' has more than %d characters, which struct module does not "
		    "hold: name the module shorter",
		    name, KLP_MODULE_NAME_MAX);
	else if (!name[0])
		bad(c, "its name is empty");
	else if (!is_unloadable(name))
		bad(c,
		    "it could not be unloaded by its name '%s': to rmmod and modprobe a '.' ends a "
		    "name, '-' is '_', and blanks and '/' cannot be in one\n"
		    "  name the module with letters, digits and '_', as in obj-m := klp-fix_2.o",
		    name);
	else
		check_free_name(c, name);
}
