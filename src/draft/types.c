// SPDX-License-Identifier: GPL-2.0-only
/* How types become known to a C file: see draft/types.h. */
#include "draft/types.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/type_text.h"
#include "dwarf/units.h"
#include "resolve/hidden.h"

#define DEPTH_MAX 64

/* "#error Please don't include this file directly": another header of those that come first has it.
 */
static bool refuses(const char *text)
{
	for (const char *at = text; (at = strstr(at, "error")); at += strlen("error")) {
		const char *end = at + strcspn(at, "\n"), *hash = at;
		const char *word = strstr(at, "directly");

		while (hash > text && (hash[-1] == ' ' || hash[-1] == '\t'))
			hash--;
		if (hash > text && hash[-1] == '#' && word && word < end)
			return true;
	}
	return false;
}

/*
 * Headers of other directories may need what a header of linux/ sets up for them: <linux/acpi.h>
 * for <acpi/acpi_bus.h>, <linux/io.h> for <asm/io.h>. NULL: there is no such header.
 */
static char *umbrella(const struct draft_headers *headers, const char *name)
{
	bool of_arch = str_starts(name, "<asm/");
	const char *from = of_arch ? name + strlen("<asm/") : name + 1;
	size_t len = of_arch ? strcspn(from, ">") : strcspn(from, "/");
	char *base = of_arch ? xstrndup(from, len) : xasprintf("%.*s.h", (int)len, from);
	char *path = xasprintf("include/linux/%s", base), *text, *sought, *ret = NULL;

	sought = of_arch ? xstrdup(name) : xasprintf("#include <%.*s/", (int)len, from);
	text = str_starts(name, "<linux/") ? NULL : header_text(headers->dir, headers->n, path);
	if (text && strstr(text, sought))
		ret = xasprintf("<linux/%s>", base);
	free(text);
	free(sought);
	free(path);
	free(base);
	return ret;
}

char *draft_include(const struct draft_headers *headers, const char *place, bool *known)
{
	const char *colon = strrchr(place, ':');
	char *path = xstrndup(place, colon ? (size_t)(colon - place) : strlen(place));
	char *name = advice_header(path), *text = NULL, *other, *ret = NULL;

	*known = false;
	if (name) {
		text = header_text(headers->dir, headers->n, path);
		*known = str_starts(name, "<asm-generic/") || (text && refuses(text));
		other = *known ? NULL : umbrella(headers, name);
		if (!*known)
			ret = xasprintf("#include %s", other ? other : name);
		free(other);
	}
	free(text);
	free(name);
	free(path);
	return ret;
}

void draft_types_begin(struct draft_types *w, struct advice_unit *u,
		       const struct draft_headers *headers)
{
	*w = (struct draft_types){.u = u, .headers = headers};
	w->seen = xcalloc(u->types.n, sizeof(*w->seen));
	w->seen[TYPE_VOID] = w->seen[TYPE_UNKNOWN] = 2;
}

void draft_types_end(struct draft_types *w)
{
	free(w->seen);
}

static bool is_tagged(const struct type *t)
{
	return t->name && (t->tag == DW_TAG_structure_type || t->tag == DW_TAG_union_type);
}

/* Of something that is only declared, the definition, if the unit has one. */
static size_t whole(const struct types *t, size_t i)
{
	const size_t *is =
		t->t[i].incomplete && t->t[i].name ? strmap_get(&t->tags, t->t[i].name) : NULL;

	return is && t->t[*is].tag == t->t[i].tag ? *is : i;
}

static void add_forward(struct draft_types *w, size_t i)
{
	char *text = type_code(&w->u->types, i, "");

	lines_add(w->forward, text ? xasprintf("%s;", text) : NULL);
	free(text);
}

static void walk(struct draft_types *w, size_t i, bool inner, unsigned int depth);

static void walk_parts(struct draft_types *w, size_t i, bool inner, unsigned int depth)
{
	const struct types *t = &w->u->types;

	if (t->t[i].tag != DW_TAG_enumeration_type)
		walk(w, t->t[i].type, inner, depth + 1);
	for (size_t p = t->t[i].tag == DW_TAG_enumeration_type ? 0 : t->t[i].part; p;
	     p = t->t[p].next)
		walk(w, t->t[p].type, inner, depth + 1);
}

/* One with a name; false when it has to be looked into. */
static void walk_named(struct draft_types *w, size_t i, unsigned int depth)
{
	const struct type *t = &w->u->types.t[i];
	char place[512], *text;
	bool known;

	if (t->incomplete) {
		add_forward(w, i);
		return;
	}
	types_place(w->u->object->dwarf, &w->u->types, i, place, sizeof(place));
	text = draft_include(w->headers, place, &known);
	if (text || known) {
		lines_add(w->include, text);
		return;
	}
	walk_parts(w, i, true, depth);
	text = type_definition(&w->u->types, i);
	if (text)
		lines_add(w->define, text);
	else
		lines_add_comment(w->define,
				  xasprintf("'%s' has to be copied from %s", t->name, place));
}

/* inner: within a type that is defined anew, where a pointer needs no more than a name. */
static void walk(struct draft_types *w, size_t i, bool inner, unsigned int depth)
{
	const struct types *types = &w->u->types;
	const struct type *t;

	i = whole(types, i);
	t = &types->t[i];
	if (depth == DEPTH_MAX || w->seen[i] >= (inner ? 1 : 2))
		return;
	if (t->tag == DW_TAG_pointer_type && (inner || w->pointers)) {
		size_t to = t->type;

		while (types->t[to].tag == DW_TAG_const_type ||
		       types->t[to].tag == DW_TAG_volatile_type)
			to = types->t[to].type;
		if (is_tagged(&types->t[to])) {
			add_forward(w, to);
			return;
		}
	}
	w->seen[i] = inner ? 1 : 2;
	if (t->name && t->line && t->tag != DW_TAG_subprogram && t->tag != DW_TAG_variable)
		walk_named(w, i, depth);
	else if (t->tag != DW_TAG_base_type)
		walk_parts(w, i, inner, depth);
}

void draft_types_add(struct draft_types *w, size_t type)
{
	walk(w, type, false, 0);
}
