// SPDX-License-Identifier: GPL-2.0-only
/* Paths: see base/path.h. */
#include "base/path.h"

#include <string.h>

bool path_matches(const char *name, const char *path)
{
	size_t len = strlen(name), plen = strlen(path);

	return len >= plen && !strcmp(name + len - plen, path) &&
	       (len == plen || name[len - plen - 1] == '/');
}
