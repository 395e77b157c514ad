/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths as compile units, tags and people write them: a file is named by the end of its path. */
#ifndef KLP_PATH_H
#define KLP_PATH_H

#include <stdbool.h>

/* Does a path name this file? It may be the end of it, by whole components. */
bool path_matches(const char *name, const char *path);

#endif
