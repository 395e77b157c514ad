// SPDX-License-Identifier: GPL-2.0-only
/* A growing string table: see elf/strings.h. */
#include "elf/strings.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static void append(struct strings *s, const void *data, size_t size)
{
	while (s->cap - s->size < size) {
		s->cap = s->cap ? 2 * s->cap : 4096;
		s->data = xrealloc(s->data, s->cap, 1);
	}
	if (size)
		memcpy(s->data + s->size, data, size);
	s->size += size;
}

void strings_init(struct strings *s, const void *data, size_t size)
{
	memset(s, 0, sizeof(*s));
	append(s, data, size);
}

uint32_t strings_add(struct strings *s, const char *name)
{
	size_t off = s->size;

	append(s, name, strlen(name) + 1);
	return (uint32_t)off;
}

void strings_free(struct strings *s)
{
	free(s->data);
}
