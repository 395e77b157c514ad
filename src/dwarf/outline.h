/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a function is written, as far as debug information tells: its parameters, variables and
 * labels, the functions that it calls or has inlined, and the lines and columns that have code,
 * counted from the line with its name.
 *
 * A copy that was taken unchanged has all of these where the original has them. The compiler may
 * treat the two differently: it may inline a call in only one of them, or leave different lines
 * without code. So only what both sides have is compared. A number that was changed within a line
 * is not noticed.
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
	size_t order; /* its rank among the items as they were read */
	bool kept;    /* a static variable, for which a copy may use the kernel's own */
};

/* A place in the source for which there is code; the line counts from the function's. */
struct outline_row {
	uint64_t line, column;
};

struct outline_piece {
	uint64_t start, end;
};

struct outline {
	Dwarf_Off die;	/* the DIE with the function's name */
	uint64_t limit; /* how many lines the function has at most, 0: unknown */
	char *name;
	uint64_t file, line;
	struct outline_item *item; /* by kind, then by name; each call once */
	size_t items, items_cap;
	struct outline_row *row; /* by line, then by column, each once */
	size_t rows, rows_cap;
	/*
	 * own: its code, including all places where it was inlined. inner: what was inlined into
	 * that, which is not its own.
	 */
	struct outline_piece *own, *inner;
	size_t owns, owns_cap, inners, inners_cap;
};

/*
 * Reads n outlines of one unit. The caller sets die and limit of each. error() and -1 when the
 * DWARF is damaged.
 */
int outlines_read(struct dwarf_file *d, Dwarf_Off unit, struct outline *o, size_t n);

enum outline_verdict { OUTLINE_SAME, OUTLINE_OTHER, OUTLINE_UNCLEAR };

/*
 * Are both functions written alike? meant() translates a name of the patch's to the name of the
 * kernel function that it stands for. *why says what differs, or why there is no answer; to be
 * freed.
 */
enum outline_verdict outline_compare(const struct outline *patch, const struct outline *kernel,
				     const char *(*meant)(const char *name, void *arg), void *arg,
				     char **why);

void outline_free(struct outline *o);

#endif
