/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a function is written, as far as debug information tells: its parameters, variables and
 * labels, the functions that it calls or has inlined, and in which lines and columns there is code,
 * counted from the line of its name.
 *
 * A copy that was taken as it stands has all of these where the original has them. What the
 * compiler makes of the one or the other (whether a call is inlined, which lines are left) may
 * differ, so only what both sides have is compared. A number that was changed within a line is not
 * seen.
 */
#ifndef KLP_OUTLINE_H
#define KLP_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf/file.h"

enum outline_kind { OUTLINE_PARAMETER, OUTLINE_VARIABLE, OUTLINE_LABEL, OUTLINE_CALL };

struct outline_item {
	enum outline_kind kind;
	char *name;   /* without the number of __UNIQUE_ID() */
	size_t order; /* in which they were read */
	bool kept;    /* a static variable: a copy may say where the kernel's is instead */
};

/* A place in the source with code. */
struct outline_row {
	uint64_t line, column;
};

struct outline_piece {
	uint64_t start, end;
};

struct outline {
	Dwarf_Off die;	/* the function's that has its name */
	uint64_t limit; /* how many lines it may have, 0: any number */
	char *name;
	uint64_t file, line;
	struct outline_item *item; /* by kind, then by name; each call once */
	size_t items, items_cap;
	struct outline_row *row; /* by line, then by column, each once */
	size_t rows, rows_cap;
	/* Its code, here and wherever it was inlined; what was inlined into that is not its own. */
	struct outline_piece *own, *inner;
	size_t owns, owns_cap, inners, inners_cap;
};

/*
 * Reads n outlines of one unit, of which die and limit are given. error() and -1 when the DWARF is
 * damaged.
 */
int outlines_read(struct dwarf_file *d, Dwarf_Off unit, struct outline *o, size_t n);

enum outline_verdict { OUTLINE_SAME, OUTLINE_OTHER, OUTLINE_UNCLEAR };

/*
 * Is one written like the other? meant: what the patch's name of a function stands for in the
 * kernel. What differs, or why it cannot be told, goes to *why, to be freed.
 */
enum outline_verdict outline_compare(const struct outline *patch, const struct outline *kernel,
				     const char *(*meant)(const char *name, void *arg), void *arg,
				     char **why);

void outline_free(struct outline *o);

#endif
