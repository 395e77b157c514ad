// SPDX-License-Identifier: GPL-2.0-only
/* Names of modules: see klp/module_name.h. */
#include "klp/module_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

size_t module_stem(const char *file)
{
	const char *ko = strstr(file, ".ko");

	while (ko && ko[3] != '\0' && ko[3] != '.')
		ko = strstr(ko + 1, ".ko");
	return ko ? (size_t)(ko - file) : 0;
}

char *module_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	size_t len = module_stem(file);
	char *name = xstrndup(file, len ? len : strlen(file));

	for (char *p = name; *p; p++) {
		if (*p == '-')
			*p = '_';
	}
	return name;
}

char *module_name_meant(const char *name)
{
	char *is = module_name(name);

	if (strcmp(is, name) != 0)
		return is;
	free(is);
	return NULL;
}
