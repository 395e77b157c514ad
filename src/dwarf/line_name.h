/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file's name that is looked for in many line tables. Since DWARF 5 these have the places of
 * names in .debug_line_str, so the names need not be compared: the name is looked for there, once.
 */
#ifndef KLP_LINE_NAME_H
#define KLP_LINE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A section of strings; none, where it does not end with one. */
struct line_strings {
	const char *text;
	size_t size;
};

/* Strings that begin at one of these places have the name as the last component. */
struct line_places {
	uint64_t first, last;
};

struct line_name {
	const char *path;	   /* not owned */
	const char *base;	   /* its last component */
	struct line_places *place; /* ascending */
	size_t n, cap;
};

/* The last component of a path. */
const char *line_base(const char *path);

void line_name_find(const char *path, const struct line_strings *strings, struct line_name *ret);

/* Is the name the last component of the string at that place? */
bool line_name_is_at(const struct line_name *name, uint64_t place);

void line_name_free(struct line_name *name);

#endif
