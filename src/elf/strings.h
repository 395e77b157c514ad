/* SPDX-License-Identifier: GPL-2.0-only */
/* A string table that only grows: old offsets stay valid, new names go to the end. */
#ifndef KLP_STRINGS_H
#define KLP_STRINGS_H

#include <stddef.h>
#include <stdint.h>

struct strings {
	char *data;
	size_t size, cap;
};

/* Starts with the bytes of an existing table. */
void strings_init(struct strings *s, const void *data, size_t size);

/* Appends a name and returns its offset. */
uint32_t strings_add(struct strings *s, const char *name);

void strings_free(struct strings *s);

#endif
