// SPDX-License-Identifier: GPL-2.0-only
/*
 * C declarations from the inside out: see dwarf/type_text.h. The declarator grows at both ends
 * while the type is followed.
 */
#include "dwarf/type_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/type_places.h"

/* Nobody reads a declaration of more parts; hostile ones have no end. */
#define PARTS_MAX 200

/* The largest structures of the kernel have some hundred members. */
#define CODE_PARTS_MAX 20000

/* How deep structures without a tag nest. */
#define BODIES_MAX 16

struct writing {
	unsigned int left; /* how many parts may follow */
	bool code;	   /* for a compiler */
	bool failed;	   /* it cannot be written for one */
	unsigned int depth;
};

static char *declare(const struct types *t, size_t i, char *inner, struct writing *w);

/*
 * A name as a compiler takes it: debug information comes from anywhere, and what is written into a
 * C file must not be more than a name. A base type's consists of words.
 */
static const char *as_word(const char *name, bool words, struct writing *w)
{
	for (const char *p = name; w->code && *p; p++) {
		if (!isalnum((unsigned char)*p) && *p != '_' && !(words && *p == ' '))
			w->failed = true;
	}
	return name;
}

/* As people write what gcc calls "long unsigned int". */
static const char *usual(const char *name)
{
	static const char *const names[][2] = {
		{"long int", "long"},		{"long unsigned int", "unsigned long"},
		{"long long int", "long long"}, {"long long unsigned int", "unsigned long long"},
		{"short int", "short"},		{"short unsigned int", "unsigned short"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i][0]))
			return names[i][1];
	}
	return name;
}

/* Frees its argument. */
static char *wrap(const char *before, char *inner, const char *after)
{
	char *text = xasprintf("%s%s%s", before, inner, after);

	free(inner);
	return text;
}

static char *parameters(const struct types *t, size_t i, struct writing *w)
{
	char *list = xstrdup("");

	for (size_t p = t->t[i].part; p && w->left; p = t->t[p].next) {
		const char *comma = list[0] ? ", " : "", *name = t->t[p].name;
		char *one;

		if (t->t[p].tag == DW_TAG_unspecified_parameters)
			one = xstrdup(t->t[i].prototyped ? "..." : "");
		else
			one = declare(t, t->t[p].type, xstrdup(name ? as_word(name, false, w) : ""),
				      w);
		list = wrap("", list, comma);
		list = wrap("", list, one);
		free(one);
	}
	return list[0] || !t->t[i].prototyped ? list : wrap("void", list, "");
}

static char *function(const struct types *t, size_t i, char *inner, struct writing *w)
{
	char *list = parameters(t, i, w), *after = xasprintf("(%s)", list);

	free(list);
	inner = wrap("", inner, after);
	free(after);
	return inner;
}

/* Within a structure "[0]" is right wherever it stands, "[]" at the end alone. */
static char *array(const struct types *t, size_t i, char *inner, const struct writing *w)
{
	for (size_t dim = t->t[i].part; dim; dim = t->t[dim].next) {
		char count[32] = "[]";

		if (t->t[dim].size || w->depth)
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
		       struct writing *w)
{
	size_t of = t->t[i].type;
	char *before;

	/* gcc says it of an array and of its elements. */
	if (t->t[of].tag == DW_TAG_array_type)
		return declare(t, of, inner, w);
	before = xasprintf("%s%s", word, inner[0] ? " " : "");
	if (t->t[of].tag == DW_TAG_pointer_type) {
		inner = declare(t, of, wrap(before, inner, ""), w);
	} else {
		char *text = xasprintf("%s ", word);

		inner = wrap(text, declare(t, of, inner, w), "");
		free(text);
	}
	free(before);
	return inner;
}

static const char *keyword(Dwarf_Half tag)
{
	return tag == DW_TAG_structure_type	? "struct"
	       : tag == DW_TAG_union_type	? "union"
	       : tag == DW_TAG_enumeration_type ? "enum"
						: "";
}

static void indent(char **text, const struct writing *w)
{
	for (unsigned int i = 0; i < w->depth; i++)
		xappend(text, "\t");
}

static void add_enumerators(const struct types *t, size_t i, char **text, struct writing *w)
{
	for (size_t e = t->t[i].part; e; e = t->t[e].next) {
		indent(text, w);
		xappend(text, "%s = %lld,\n", as_word(t->t[e].name ? t->t[e].name : "?", false, w),
			(long long)t->t[e].value);
	}
}

static char *member(const struct types *t, size_t m, const struct type_place *at, struct writing *w)
{
	const char *name = t->t[m].name ? t->t[m].name : "";
	char *text = declare(t, t->t[m].type, xstrdup(as_word(name, false, w)), w);

	if (t->t[m].bits)
		xappend(&text, " : %llu", (unsigned long long)t->t[m].bits);
	if (at->align)
		xappend(&text, " __attribute__((aligned(%u)))", at->align);
	return text;
}

/* In pieces that fit where they are and ask for no alignment that nothing else asks for. */
static void add_gap(const struct type_place *at, char **text, const struct writing *w)
{
	unsigned int bits;

	for (unsigned int done = 0; done < at->gap; done += bits) {
		uint64_t from = at->from + done;
		unsigned int left = at->gap - done;

		bits = 8 - (unsigned int)(from % 8);
		bits = left < bits ? left : bits;
		indent(text, w);
		xappend(text, "unsigned char : %u;\n", bits);
	}
}

static void add_members(const struct types *t, size_t i, char **text, struct writing *w,
			unsigned int *align)
{
	struct type_places places;
	char *line;

	type_places_begin(&places, t, i);
	for (size_t m = t->t[i].part; m && w->left; m = t->t[m].next) {
		struct type_place at;

		/* A union's parts may be types that are defined in it. */
		if (t->t[m].tag != DW_TAG_member)
			continue;
		at = type_places_next(&places, m);
		add_gap(&at, text, w);
		line = member(t, m, &at, w);
		indent(text, w);
		xappend(text, "%s;\n", line);
		free(line);
	}
	*align = type_places_align(&places);
}

/* "{ ... }" with what is in it, each part on a line of its own. */
static char *body(const struct types *t, size_t i, struct writing *w)
{
	char *text = xstrdup("{\n");
	unsigned int align = 0;

	if (w->depth == BODIES_MAX || t->t[i].incomplete) {
		w->failed = true;
		return text;
	}
	w->depth++;
	if (t->t[i].tag == DW_TAG_enumeration_type)
		add_enumerators(t, i, &text, w);
	else
		add_members(t, i, &text, w, &align);
	w->depth--;
	indent(&text, w);
	xappend(&text, "}");
	if (t->t[i].tag == DW_TAG_structure_type && type_is_packed(t, i))
		xappend(&text, " __attribute__((packed))");
	if (align)
		xappend(&text, " __attribute__((aligned(%u)))", align);
	return text;
}

/* "struct record *r": the last word of a declaration, and what stands before it. */
static char *named(const struct types *t, size_t i, char *inner, struct writing *w)
{
	const char *kind = keyword(t->t[i].tag), *name = t->t[i].name;
	bool whole = w->code && kind[0] && !name;
	char *own = whole ? body(t, i, w) : NULL, *before;

	if (!name)
		name = own ? own : kind[0] ? "{...}" : "?";
	if (i == TYPE_VOID)
		name = "void";
	else if (!own && !t->t[i].name)
		w->failed = true;
	if (!own)
		as_word(name, t->t[i].tag == DW_TAG_base_type, w);
	if (w->code)
		name = usual(name);
	before = xasprintf("%s%s%s%s", kind, kind[0] ? " " : "", name, inner[0] ? " " : "");
	free(own);
	inner = wrap(before, inner, "");
	free(before);
	return inner;
}

/* Takes inner, returns the whole. */
static char *declare(const struct types *t, size_t i, char *inner, struct writing *w)
{
	size_t of = t->t[i].type;

	if (w->left == 0) {
		w->failed = true;
		return wrap("... ", inner, "");
	}
	w->left--;
	switch (t->t[i].tag) {
	case DW_TAG_pointer_type:
		return declare(t, of, pointer(t, i, inner), w);
	case DW_TAG_array_type:
		return declare(t, of, array(t, i, inner, w), w);
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		return declare(t, of, function(t, i, inner, w), w);
	case DW_TAG_const_type:
		return qualified(t, i, inner, "const", w);
	case DW_TAG_volatile_type:
		return qualified(t, i, inner, "volatile", w);
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		return declare(t, of, inner, w);
	default:
		return named(t, i, inner, w);
	}
}

char *type_text(const struct types *t, size_t type, const char *name)
{
	struct writing w = {.left = PARTS_MAX};

	return declare(t, type, xstrdup(name), &w);
}

/* Takes text. */
static char *finished(char *text, const struct writing *w)
{
	if (!w->failed)
		return text;
	free(text);
	return NULL;
}

char *type_code(const struct types *t, size_t type, const char *name)
{
	struct writing w = {.left = CODE_PARTS_MAX, .code = true};

	as_word(name, false, &w);
	return finished(declare(t, type, xstrdup(name), &w), &w);
}

char *type_definition(const struct types *t, size_t type)
{
	struct writing w = {.left = CODE_PARTS_MAX, .code = true};
	const struct type *is = &t->t[type];
	char *text, *whole;

	if (!is->name)
		return NULL;
	as_word(is->name, false, &w);
	text = is->tag == DW_TAG_typedef ? declare(t, is->type, xstrdup(is->name), &w)
					 : body(t, type, &w);
	whole = is->tag == DW_TAG_typedef
			? xasprintf("typedef %s;", text)
			: xasprintf("%s %s %s;", keyword(is->tag), is->name, text);
	free(text);
	return finished(whole, &w);
}
