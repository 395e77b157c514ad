// SPDX-License-Identifier: GPL-2.0-only
/* A file's name in the strings of line tables: see dwarf/line_name.h. */
#include "dwarf/line_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"

const char *line_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The name stands at that place, and the string ends with it. */
static void add(struct line_name *name, const struct line_strings *strings, size_t place)
{
	size_t first = place;

	/* A string may also be the end of a longer one. */
	if (first && strings->text[first - 1] == '/') {
		while (first && strings->text[first - 1])
			first--;
	}
	GROW(name->place, name->n, name->cap);
	name->place[name->n++] = (struct line_places){first, place};
}

void line_name_find(const char *path, const struct line_strings *strings, struct line_name *ret)
{
	const char *text = strings->text, *end = text + strings->size;
	size_t len;

	*ret = (struct line_name){.path = path, .base = line_base(path)};
	len = strlen(ret->base) + 1;
	while (text && (text = memmem(text, (size_t)(end - text), ret->base, len)) != NULL) {
		add(ret, strings, (size_t)(text - strings->text));
		text += len;
	}
}

bool line_name_is_at(const struct line_name *name, uint64_t place)
{
	size_t i;

	if (!name->n || place < name->place[0].first || place > name->place[name->n - 1].last)
		return false;
	i = COUNT_FIRST(k, name->n, name->place[k].last < place);
	return place >= name->place[i].first;
}

void line_name_free(struct line_name *name)
{
	free(name->place);
	memset(name, 0, sizeof(*name));
}
