/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * _klpmake.syms: what klpsyms decided and klplink carries out. Text, one fact a line, '#' comments,
 * blanks between the fields; made to be read, diffed and edited.
 *
 *   symbol MODULE LINK_NAME OBJECT NAME POSITION ADDRESS TYPE SOURCE
 *   sympos MODULE SECTION OFFSET POSITION NAME
 *   address MODULE SECTION OFFSET OBJECT NAME POSITION ADDEND NEW_NAME
 *   depends MODULE NAMES
 *   modinfo MODULE KEY=VALUE
 *
 * "symbol": the undefined LINK_NAME of MODULE (a .ko) is NAME in OBJECT at POSITION; the rest is
 * for people. OBJECT is GATE/OWNER where a symbol of the module OWNER is used by code that patches
 * the object GATE. "sympos": the old_sympos at OFFSET of SECTION, of the function NAME, is
 * POSITION. "address": the relocation there takes the address of NEW_NAME, and is to take that of
 * the function NAME of OBJECT, which NEW_NAME replaces, with the addend ADDEND.
 * "modinfo": what the module says of itself, besides what kbuild lets it say.
 */
#ifndef KLP_SYMTABLE_H
#define KLP_SYMTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_symbol {
	char *module, *link_name, *name;
	char *gate;   /* the patched object whose relocations these are */
	char *object; /* the object that has the symbol, mostly the same */
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

/*
 * A relocation against a function of the patch that has to become one against a function of an
 * object.
 */
struct table_address {
	char *module, *section;
	uint64_t offset;
	char *object, *name;
	size_t position;
	int64_t addend;
	char *new_name;
};

/* What modinfo's depends= has to be: names with commas between, "-" for none. */
struct table_depends {
	char *module, *names;
};

struct table_modinfo {
	char *module, *text; /* text: "KEY=VALUE" */
};

struct symtable {
	struct table_symbol *symbol;
	size_t symbols, symbols_cap;
	struct table_sympos *sympos;
	size_t sympositions, sympos_cap;
	struct table_address *address;
	size_t addresses, address_cap;
	struct table_depends *depends;
	size_t dependses, depends_cap;
	struct table_modinfo *modinfo;
	size_t modinfos, modinfo_cap;
};

/* Reads a table. error() and -1, naming the line, when a line has another form. */
int symtable_read(struct symtable *t, const char *path);

/*
 * Sorts the table and writes it beside path, then renames: same content, same bytes. comment: lines
 * for the head, each begins with "# ". error() and -1 on failure, also where a line cannot hold a
 * name.
 */
int symtable_write(struct symtable *t, const char *path, const char *comment);

/* Adds an empty entry and returns it; strings are owned by the table. */
struct table_symbol *symtable_add_symbol(struct symtable *t);
struct table_sympos *symtable_add_sympos(struct symtable *t);
struct table_address *symtable_add_address(struct symtable *t);
struct table_depends *symtable_add_depends(struct symtable *t);

/* Adds a line "modinfo"; text is taken over. */
void symtable_add_modinfo(struct symtable *t, const char *module, char *text);

/* What depends= of a module has to become ("-" for nothing); NULL: it stays unchanged. */
const char *symtable_depends(const struct symtable *t, const char *module);

/* Is any line about that module? klpsyms writes one about each that it has seen. */
bool symtable_is_about(const struct symtable *t, const char *module);

void symtable_free(struct symtable *t);

#endif
