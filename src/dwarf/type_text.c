// SPDX-License-Identifier: GPL-2.0-only
/*
 * C declarations from the inside out: see dwarf/type_text.h. The declarator grows at both ends
 * while the type is followed.
 */
#include "dwarf/type_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Nobody reads a declaration of more parts; hostile ones have no end. */
#define PARTS_MAX 200

static char *declare(const struct types *t, size_t i, char *inner, unsigned int *left);

/* Frees its argument. */
static char *wrap(const char *before, char *inner, const char *after)
{
	char *text = xasprintf("%s%s%s", before, inner, after);

	free(inner);
	return text;
}

static char *parameters(const struct types *t, size_t i, unsigned int *left)
{
	char *list = xstrdup("");

	for (size_t p = t->t[i].part; p && *left; p = t->t[p].next) {
		const char *comma = list[0] ? ", " : "", *name = t->t[p].name;
		char *one;

		if (t->t[p].tag == DW_TAG_unspecified_parameters)
			one = xstrdup(t->t[i].prototyped ? "..." : "");
		else
			one = declare(t, t->t[p].type, xstrdup(name ? name : ""), left);
		list = wrap("", list, comma);
		list = wrap("", list, one);
		free(one);
	}
	return list[0] || !t->t[i].prototyped ? list : wrap("void", list, "");
}

static char *function(const struct types *t, size_t i, char *inner, unsigned int *left)
{
	char *list = parameters(t, i, left), *after = xasprintf("(%s)", list);

	free(list);
	inner = wrap("", inner, after);
	free(after);
	return inner;
}

static char *array(const struct types *t, size_t i, char *inner)
{
	for (size_t dim = t->t[i].part; dim; dim = t->t[dim].next) {
		char count[32] = "[]";

		if (t->t[dim].size)
			snprintf(count, sizeof(count), "[%llu]",
				 (unsigned long long)t->t[dim].size);
		inner = wrap("", inner, count);
	}
	return inner;
}

static char *pointer(const struct types *t, size_t i, char *inner)
{
	Dwarf_Half to = t->t[t->t[i].type].tag;

	if (to == DW_TAG_array_type || to == DW_TAG_subroutine_type)
		return wrap("(*", inner, ")");
	return wrap("*", inner, "");
}

/* "const int x", but "int *const x". */
static char *qualified(const struct types *t, size_t i, char *inner, const char *word,
		       unsigned int *left)
{
	size_t of = t->t[i].type;
	char *before;

	/* gcc says it of an array and of its elements. */
	if (t->t[of].tag == DW_TAG_array_type)
		return declare(t, of, inner, left);
	before = xasprintf("%s%s", word, inner[0] ? " " : "");
	if (t->t[of].tag == DW_TAG_pointer_type) {
		inner = declare(t, of, wrap(before, inner, ""), left);
	} else {
		char *text = xasprintf("%s ", word);

		inner = wrap(text, declare(t, of, inner, left), "");
		free(text);
	}
	free(before);
	return inner;
}

/* "struct record *r": the last word of a declaration, and what stands before it. */
static char *named(const struct types *t, size_t i, char *inner)
{
	const char *kind = t->t[i].tag == DW_TAG_structure_type	    ? "struct "
			   : t->t[i].tag == DW_TAG_union_type	    ? "union "
			   : t->t[i].tag == DW_TAG_enumeration_type ? "enum "
								    : "";
	const char *name = t->t[i].name ? t->t[i].name : kind[0] ? "{...}" : "?";
	char *before =
		xasprintf("%s%s%s", kind, i == TYPE_VOID ? "void" : name, inner[0] ? " " : "");

	inner = wrap(before, inner, "");
	free(before);
	return inner;
}

/* Takes inner, returns the whole. */
static char *declare(const struct types *t, size_t i, char *inner, unsigned int *left)
{
	size_t of = t->t[i].type;

	if (*left == 0)
		return wrap("... ", inner, "");
	--*left;
	switch (t->t[i].tag) {
	case DW_TAG_pointer_type:
		return declare(t, of, pointer(t, i, inner), left);
	case DW_TAG_array_type:
		return declare(t, of, array(t, i, inner), left);
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		return declare(t, of, function(t, i, inner, left), left);
	case DW_TAG_const_type:
		return qualified(t, i, inner, "const", left);
	case DW_TAG_volatile_type:
		return qualified(t, i, inner, "volatile", left);
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		return declare(t, of, inner, left);
	default:
		return named(t, i, inner);
	}
}

char *type_text(const struct types *t, size_t type, const char *name)
{
	unsigned int left = PARTS_MAX;

	return declare(t, type, xstrdup(name), &left);
}
