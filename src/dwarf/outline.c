// SPDX-License-Identifier: GPL-2.0-only
/* How a function is written: see dwarf/outline.h. dwarf/outline_compare.c compares two. */
#include "dwarf/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "dwarf/calls.h"
#include "dwarf/ranges.h"

struct reader {
	struct dwarf_file *d;
	Dwarf_Off unit;
	struct outline *all;
	size_t n;
	struct outline *now; /* the function that is being read, or NULL */
};

static struct outline *find(const struct reader *r, Dwarf_Off die)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->all[i].die == die)
			return &r->all[i];
	}
	return NULL;
}

/*
 * Removes the number at the end of such a name, which counts through the whole unit:
 * include/linux/compiler.h, __UNIQUE_ID().
 */
static char *plain_name(const char *name)
{
	size_t len = strlen(name);

	while (str_starts(name, "__UNIQUE_ID_") && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	return xasprintf("%.*s", (int)len, name);
}

static void add_item(struct outline *o, enum outline_kind kind, const char *name)
{
	GROW(o->item, o->items, o->items_cap);
	o->item[o->items] =
		(struct outline_item){.kind = kind, .name = plain_name(name), .order = o->items};
	o->items++;
}

static bool add_piece(uint64_t start, uint64_t end, void *arg)
{
	struct outline *o = arg;

	GROW(o->own, o->owns, o->owns_cap);
	o->own[o->owns++] = (struct outline_piece){start, end};
	return false;
}

static bool add_inner(uint64_t start, uint64_t end, void *arg)
{
	struct outline *o = arg;

	GROW(o->inner, o->inners, o->inners_cap);
	o->inner[o->inners++] = (struct outline_piece){start, end};
	return false;
}

/* What the source of the function has, with its inner blocks and without what is inlined. */
static int read_text(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct outline *o = arg;
	const char *name;
	uint64_t addr;
	Dwarf_Half tag;

	if (!die_tag(die, &tag))
		return 0;
	if (tag == DW_TAG_lexical_block)
		return dwarf_file_children(d, die, read_text, o);
	if (!die_string(die, DW_AT_name, &name))
		return 0;
	if (tag == DW_TAG_formal_parameter) {
		add_item(o, OUTLINE_PARAMETER, name);
	} else if (tag == DW_TAG_label) {
		add_item(o, OUTLINE_LABEL, name);
	} else if (tag == DW_TAG_variable && !die_flag(die, DW_AT_external)) {
		add_item(o, OUTLINE_VARIABLE, name);
		o->item[o->items - 1].kept = die_address(d, die, DW_AT_location, &addr);
	}
	return 0;
}

/* In DWARF 5 the unit's own file is in its list of files twice. */
static bool is_file(const struct reader *r, uint64_t a, uint64_t b)
{
	const char *x = dwarf_file_source(r->d, r->unit, a);
	const char *y = dwarf_file_source(r->d, r->unit, b);

	return a == b || (x && y && !strcmp(x, y));
}

/*
 * Adds a row if its line can belong to the function: code of an inlined copy may be marked with
 * lines of the code around it.
 */
static void add_row(const struct reader *r, struct outline *o, uint64_t file, uint64_t line,
		    uint64_t column)
{
	if (!is_file(r, file, o->file) || line < o->line ||
	    (o->limit && line - o->line >= o->limit))
		return;
	GROW(o->row, o->rows, o->rows_cap);
	o->row[o->rows++] = (struct outline_row){line - o->line, column};
}

static int add_call(struct dwarf_file *d, struct outline *o, Dwarf_Off callee)
{
	const char *name;
	Dwarf_Die named;

	if (dwarf_file_die(d, callee, &named))
		return -1;
	if (die_string(named, DW_AT_name, &name))
		add_item(o, OUTLINE_CALL, name);
	dwarf_dealloc_die(named);
	return 0;
}

/* A call that was inlined counts as a call, and as code at the place of the call. */
static int add_inlined(const struct reader *r, Dwarf_Die die, Dwarf_Off callee)
{
	struct outline *o = r->now;
	uint64_t file, line, column = 0;

	die_each_range(r->d, die, add_inner, o);
	die_number(die, DW_AT_call_column, &column);
	if (die_number(die, DW_AT_call_file, &file) && die_number(die, DW_AT_call_line, &line))
		add_row(r, o, file, line, column);
	return add_call(r->d, o, callee);
}

static int read_code(struct dwarf_file *d, Dwarf_Die die, void *arg);

/* One copy of a function's code; o is NULL when that function is not wanted. */
static int read_instance(struct dwarf_file *d, Dwarf_Die die, struct reader *r, struct outline *o)
{
	struct outline *outer = r->now;
	int status;

	if (o)
		die_each_range(d, die, add_piece, o);
	r->now = o;
	status = dwarf_file_children(d, die, read_code, r);
	r->now = outer;
	return status;
}

/* Reads code: calls, and inlined functions, which may be or contain a wanted one. */
static int read_code(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct reader *r = arg;
	Dwarf_Half tag;
	Dwarf_Off off;

	if (!die_tag(die, &tag))
		return 0;
	if (tag == DW_TAG_lexical_block)
		return dwarf_file_children(d, die, read_code, r);
	if (dwarf_code_is_call(die))
		return r->now && dwarf_code_callee(die, &off) ? add_call(d, r->now, off) : 0;
	if (tag != DW_TAG_inlined_subroutine || !die_reference(die, DW_AT_abstract_origin, &off))
		return 0;
	if (r->now && add_inlined(r, die, off))
		return -1;
	return read_instance(d, die, r, find(r, off));
}

static int read_function(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct reader *r = arg;
	struct outline *o;
	Dwarf_Off off, origin;
	Dwarf_Half tag;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram || !die_offset(die, &off))
		return 0;
	o = find(r, off);
	if (!o && die_reference(die, DW_AT_abstract_origin, &origin))
		o = find(r, origin);
	return read_instance(d, die, r, o);
}

/*
 * The DIE with the function's name. It is read apart, as it may come after code into which the
 * function was inlined.
 */
static int read_named(struct dwarf_file *d, struct outline *o)
{
	const char *name = "";
	CLEANUP_DIE Dwarf_Die die = NULL;

	if (dwarf_file_die(d, o->die, &die))
		return -1;
	die_string(die, DW_AT_name, &name);
	o->name = xstrdup(name);
	die_number(die, DW_AT_decl_file, &o->file);
	die_number(die, DW_AT_decl_line, &o->line);
	return dwarf_file_children(d, die, read_text, o);
}

static bool is_in(const struct outline_piece *p, size_t n, uint64_t addr)
{
	for (size_t i = 0; i < n; i++) {
		if (addr >= p[i].start && addr < p[i].end)
			return true;
	}
	return false;
}

static void read_row(const struct reader *r, struct outline *o, Dwarf_Line row)
{
	Dwarf_Unsigned line, file, column = 0;
	Dwarf_Bool end = 0;
	Dwarf_Addr addr;

	if (dwarf_lineaddr(row, &addr, NULL) != DW_DLV_OK || !is_in(o->own, o->owns, addr) ||
	    is_in(o->inner, o->inners, addr) ||
	    dwarf_lineendsequence(row, &end, NULL) != DW_DLV_OK || end ||
	    dwarf_lineno(row, &line, NULL) != DW_DLV_OK || !line ||
	    dwarf_line_srcfileno(row, &file, NULL) != DW_DLV_OK)
		return;
	if (dwarf_lineoff_b(row, &column, NULL) != DW_DLV_OK)
		column = 0;
	add_row(r, o, file, line, column);
}

static void read_rows(struct reader *r, Dwarf_Die unit)
{
	Dwarf_Line_Context table;
	Dwarf_Unsigned version;
	Dwarf_Small tables;
	Dwarf_Signed n = 0;
	Dwarf_Line *row;

	if (dwarf_srclines_b(unit, &version, &tables, &table, NULL) != DW_DLV_OK)
		return;
	if (dwarf_srclines_from_linecontext(table, &row, &n, NULL) != DW_DLV_OK)
		n = 0;
	for (Dwarf_Signed i = 0; i < n; i++) {
		for (size_t k = 0; k < r->n; k++)
			read_row(r, &r->all[k], row[i]);
	}
	dwarf_srclines_dealloc_b(table);
}

static int by_name(const void *a, const void *b)
{
	const struct outline_item *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	/* The order of parameters is part of the type. */
	if (x->kind == y->kind && x->kind == OUTLINE_PARAMETER)
		order = 0;
	return ORDER(x->kind, y->kind) ?: order ?: ORDER(x->order, y->order);
}

static int by_line(const void *a, const void *b)
{
	const struct outline_row *x = a, *y = b;

	return ORDER(x->line, y->line) ?: ORDER(x->column, y->column);
}

/* Sorts items and rows, and removes repeated calls and rows. */
static void settle(struct outline *o)
{
	size_t n = 0;

	if (o->items)
		qsort(o->item, o->items, sizeof(*o->item), by_name);
	for (size_t i = 0; i < o->items; i++) {
		if (n && o->item[i].kind == OUTLINE_CALL && o->item[n - 1].kind == OUTLINE_CALL &&
		    !strcmp(o->item[i].name, o->item[n - 1].name))
			free(o->item[i].name);
		else
			o->item[n++] = o->item[i];
	}
	o->items = n;
	if (o->rows)
		qsort(o->row, o->rows, sizeof(*o->row), by_line);
	n = 0;
	for (size_t i = 0; i < o->rows; i++) {
		if (!n || by_line(&o->row[i], &o->row[n - 1]))
			o->row[n++] = o->row[i];
	}
	o->rows = n;
}

int outlines_read(struct dwarf_file *d, Dwarf_Off unit, struct outline *o, size_t n)
{
	struct reader r = {.d = d, .unit = unit, .all = o, .n = n};
	Dwarf_Die die;
	int status = 0;

	for (size_t i = 0; i < n && !status; i++)
		status = read_named(d, &o[i]);
	if (status || dwarf_file_die(d, unit, &die))
		return -1;
	status = dwarf_file_children(d, die, read_function, &r);
	if (!status)
		read_rows(&r, die);
	dwarf_dealloc_die(die);
	for (size_t i = 0; i < n; i++)
		settle(&o[i]);
	return status;
}

void outline_free(struct outline *o)
{
	for (size_t i = 0; i < o->items; i++)
		free(o->item[i].name);
	free(o->item);
	free(o->name);
	free(o->row);
	free(o->own);
	free(o->inner);
	memset(o, 0, sizeof(*o));
}
