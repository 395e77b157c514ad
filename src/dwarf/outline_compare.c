// SPDX-License-Identifier: GPL-2.0-only
/* Whether two functions are written alike: see dwarf/outline.h. */
#include "dwarf/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"

/* How many added or removed lines are looked for. */
#define SHIFT_MAX 12

static const char *const kinds[] = {"parameter", "variable", "label", "call"};

struct outlines {
	const struct outline *patch, *kernel;
	const char *(*meant)(const char *name, void *arg);
	void *arg;
	char **why;
};

static bool has(const struct outline *o, enum outline_kind kind, const char *name, size_t nth)
{
	for (size_t i = 0; i < o->items; i++) {
		if (o->item[i].kind == kind && !strcmp(o->item[i].name, name) && !nth--)
			return true;
	}
	return false;
}

/*
 * How many items before number i have its kind and name: two variables of one name are different
 * ones.
 */
static size_t rank(const struct outline *o, size_t i)
{
	size_t n = 0;

	while (n < i && o->item[i - n - 1].kind == o->item[i].kind &&
	       !strcmp(o->item[i - n - 1].name, o->item[i].name))
		n++;
	return n;
}

/*
 * Is it a call that the compiler may have added itself, or a call of the function's own split-off
 * part?
 */
static bool is_own_call(const struct outlines *c, const char *name)
{
	static const char *const own[] = {"__stack_chk_fail", "memcpy", "memset", "memmove",
					  "memcmp",	      "strlen", "strcmp"};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (!strcmp(name, own[i]))
			return true;
	}
	return !strcmp(name, c->kernel->name);
}

/* The first item of a kind that only one side has, or NULL; the patch's or the kernel's. */
static const char *missing(const struct outlines *c, bool of_patch, enum outline_kind kind)
{
	const struct outline *o = of_patch ? c->patch : c->kernel;
	const struct outline *other = of_patch ? c->kernel : c->patch;

	for (size_t i = 0; i < o->items; i++) {
		const struct outline_item *item = &o->item[i];
		bool found = false;

		if (item->kind != kind || item->kept)
			continue;
		if (kind != OUTLINE_CALL) {
			found = has(other, kind, item->name, rank(o, i));
		} else {
			const char *name = c->meant(item->name, c->arg);

			found = is_own_call(c, name) || has(other, kind, name, 0);
		}
		if (!found)
			return item->name;
	}
	return NULL;
}

/* Do the two sources have different parameters, variables or labels? Calls do not count here. */
static bool is_other(const struct outlines *c)
{
	for (enum outline_kind kind = OUTLINE_PARAMETER; kind <= OUTLINE_LABEL; kind++) {
		const char *more = missing(c, true, kind), *less = missing(c, false, kind);

		if (!more && !less)
			continue;
		*c->why = more ? xasprintf("it has a %s '%s', which the kernel's does not have",
					   kinds[kind], more)
			       : xasprintf("it has no %s '%s', which the kernel's has", kinds[kind],
					   less);
		return true;
	}
	return false;
}

static bool has_row(const struct outline *o, uint64_t line, uint64_t column)
{
	size_t lo = COUNT_FIRST(i, o->rows,
				o->row[i].line < line ||
					(o->row[i].line == line && o->row[i].column < column));

	return lo < o->rows && o->row[lo].line == line && o->row[lo].column == column;
}

/* How many rows of a, from number i on, b has too, when a's lines are moved up by shift. */
static size_t common(const struct outline *a, size_t i, const struct outline *b, int64_t shift)
{
	size_t n = 0;

	for (; i < a->rows; i++)
		n += has_row(b, a->row[i].line - (uint64_t)shift, a->row[i].column);
	return n;
}

/*
 * From some row on, do more rows agree when they are moved up or down? Then lines were added or
 * removed.
 */
static bool is_moved(const struct outline *patch, const struct outline *kernel)
{
	for (size_t i = 0; i < patch->rows; i++) {
		size_t as_they_are = common(patch, i, kernel, 0);

		for (int64_t shift = -SHIFT_MAX; shift <= SHIFT_MAX; shift++) {
			if (common(patch, i, kernel, shift) > as_they_are)
				return true;
		}
	}
	return false;
}

enum outline_verdict outline_compare(const struct outline *patch, const struct outline *kernel,
				     const char *(*meant)(const char *name, void *arg), void *arg,
				     char **why)
{
	struct outlines c = {patch, kernel, meant, arg, why};
	size_t both = common(patch, 0, kernel, 0);
	size_t fewer = patch->rows < kernel->rows ? patch->rows : kernel->rows;
	const char *more;

	*why = NULL;
	if (is_other(&c))
		return OUTLINE_OTHER;
	more = missing(&c, true, OUTLINE_CALL);
	if (more)
		*why = xasprintf("it calls '%s', and no such call was found in the kernel's", more);
	else if (!fewer && patch->rows != kernel->rows)
		*why = xasprintf("there is no code of %s left to compare",
				 patch->rows ? "the kernel's" : "the patch's");
	else if (is_moved(patch, kernel) || 4 * both < 3 * fewer)
		*why = xstrdup("its code is in other lines than the kernel's");
	return *why ? OUTLINE_UNCLEAR : OUTLINE_SAME;
}
