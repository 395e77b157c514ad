/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * _klpmake.syms: what klpsyms decided and klplink carries out. Text, one fact a line, '#' comments,
 * blanks between the fields; made to be read, diffed and edited.
 *
 *   symbol MODULE LINK_NAME OBJECT NAME POSITION ADDRESS TYPE SOURCE
 *   sympos MODULE SECTION OFFSET POSITION NAME
 *
 * "symbol": the undefined LINK_NAME of MODULE (a .ko) is NAME in OBJECT at POSITION; the rest is
 * for people. "sympos": the old_sympos at OFFSET of SECTION, of the function NAME, is POSITION.
 */
#ifndef KLP_SYMTABLE_H
#define KLP_SYMTABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_symbol {
	char *module, *link_name, *object, *name;
	size_t position;
	uint64_t addr;
	char type;
	char *source; /* "path:line", "-" when unknown */
};

struct table_sympos {
	char *module, *section, *name;
	uint64_t offset;
	size_t position;
};

struct symtable {
	struct table_symbol *symbol;
	size_t symbols, symbols_cap;
	struct table_sympos *sympos;
	size_t sympositions, sympos_cap;
};

/* Reads a table. error() and -1, naming the line, when a line has another form. */
int symtable_read(struct symtable *t, const char *path);

/*
 * Sorts the table and writes it beside path, then renames: same content, same bytes.
 * comment: lines for the head, each begins with "# ". error() and -1 on failure.
 */
int symtable_write(struct symtable *t, const char *path, const char *comment);

/* Adds an empty entry and returns it; strings are owned by the table. */
struct table_symbol *symtable_add_symbol(struct symtable *t);
struct table_sympos *symtable_add_sympos(struct symtable *t);

void symtable_free(struct symtable *t);

#endif
