/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding the files of binaries: libraries by SONAME, debug information by build-id. */
#ifndef KLP_BINARY_FIND_H
#define KLP_BINARY_FIND_H

#include "binary/binary.h"

/* The first binary is the target; further ones are libraries that are asked for. */
struct binaries {
	const char **debug; /* files that the user has named */
	size_t debugs, debugs_cap;
	const char **dir; /* where to look for libraries before the usual places */
	size_t dirs, dirs_cap;
	struct binary **b;
	size_t n, cap;
};

/* Opens the target, and all libraries that it needs, and those in turn. error() and -1 when one
 * is not there. */
int binaries_open(struct binaries *all, const char *path);
void binaries_close(struct binaries *all);

/* The binary of that SONAME or name, or NULL. */
struct binary *binaries_named(const struct binaries *all, const char *name);

/*
 * The file with a binary's symbols and debug information: b->debug. error() and -1 when it is not
 * there, with the command that gets it.
 */
int binaries_read_debug(const struct binaries *all, struct binary *b);

/* The same, without a word where it is not there. */
bool binaries_has_debug(const struct binaries *all, struct binary *b);

#endif
