/* SPDX-License-Identifier: GPL-2.0-only */
/* Compressed kernel modules (.ko.xz, .ko.zst, .ko.gz), as distributions install them. */
#ifndef KLP_UNPACK_H
#define KLP_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

/* Does the file's name say that it is compressed in a way that unpack() knows? */
bool is_packed(const char *path);

/*
 * The bytes of a compressed file, by the program that its name calls for (xz, zstd, gzip). The
 * caller frees them. error() and -1 when that is missing or fails.
 */
int unpack(const char *path, char **data, size_t *size);

#endif
