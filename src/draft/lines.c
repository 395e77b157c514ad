// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of a C file: see draft/lines.h. */
#include "draft/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void lines_add(struct lines *l, char *text)
{
	if (!text || strmap_get(&l->seen, text)) {
		free(text);
		return;
	}
	strmap_add(&l->seen, text, 1);
	GROW(l->line, l->n, l->cap);
	l->line[l->n++] = text;
}

void lines_add_comment(struct lines *l, char *text)
{
	for (char *at = text; (at = strstr(at, "*/"));)
		at[0] = '?';
	lines_add(l, xasprintf("/* %s */", text));
	free(text);
}

void lines_print(const struct lines *l, const struct lines *others, const char *key)
{
	for (size_t i = 0; i < l->n; i++) {
		bool shared = others && strmap_get(&others->seen, l->line[i]);

		for (const char *at = l->line[i]; at;) {
			const char *end = strchr(at, '\n');

			printf("%s%s\t%.*s\n", shared ? "shared-" : "", key,
			       end ? (int)(end - at) : (int)strlen(at), at);
			at = end ? end + 1 : NULL;
		}
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void lines_sort(struct lines *l)
{
	if (l->n)
		qsort(l->line, l->n, sizeof(*l->line), by_text);
}

void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->line[i]);
	free(l->line);
	strmap_free(&l->seen);
	*l = (struct lines){.n = 0};
}
