/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * _klpmake.syms of a patch for programs: what was decided from debug information, and what
 * linking carries out without it. Text, one fact a line, '#' comments, blanks between the fields.
 *
 *   patch NAME VERSION
 *   waived CHECK
 *   target KIND NAME BUILD-ID TLSMOD
 *   function NEW OLD TARGET ADDRESS JUMP ROOM GUARD FIRST RANGES
 *   symbol LINK_NAME KIND TARGET VALUE UNBOUND NAME VERSION TYPE SOURCE
 *
 * "target": KIND is program or library, TLSMOD the address of a library's word with the number of
 * its thread-local storage, 0 if it has none. "function": NEW replaces OLD at ADDRESS of the target
 * with that name; GUARD is the symbol where the jump leads if that is not NEW, FIRST the first
 * bytes of the old function, RANGES its code as ADDRESS+SIZE,... "symbol": what the undefined
 * LINK_NAME is, as the fixups of user/format.h know it; KIND "tls" is a place in thread-local
 * storage. Where a field has nothing to say it is "-". Numbers are hexadecimal.
 */
#ifndef KLP_USER_TABLE_H
#define KLP_USER_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "user/format.h"

struct user_table_target {
	enum user_target_kind kind;
	char *name, *id;
	uint64_t tlsmod;
};

struct user_table_func {
	char *new_name, *old_name, *guard; /* guard: NULL if there is none */
	size_t target;			   /* number of it */
	uint64_t addr, jump, room;
	uint8_t first[USER_FIRST_MAX];
	size_t first_size;
	struct user_range *range;
	size_t ranges, ranges_cap;
};

enum user_symbol_kind {
	USER_SYMBOL_OBJECT,
	USER_SYMBOL_SLOT,
	USER_SYMBOL_EXPORT,
	USER_SYMBOL_TLS,
	USER_SYMBOL_ZERO, /* weak, and nowhere */
	USER_SYMBOL_KINDS,
};

struct user_table_symbol {
	char *link_name, *name, *version, *source; /* version: "" if it has none */
	enum user_symbol_kind kind;
	size_t target;		 /* SIZE_MAX: of none */
	uint64_t value, unbound; /* unbound: struct user_fixup */
	enum user_type type;
};

struct user_table {
	char *name;
	uint32_t version;
	char **waived;
	size_t waivers, waivers_cap;
	struct user_table_target *target;
	size_t targets, targets_cap;
	struct user_table_func *func;
	size_t funcs, funcs_cap;
	struct user_table_symbol *symbol;
	size_t symbols, symbols_cap;
};

/* Adds an empty entry and returns it; strings are owned by the table. */
struct user_table_target *user_table_add_target(struct user_table *t);
struct user_table_func *user_table_add_func(struct user_table *t);
struct user_table_symbol *user_table_add_symbol(struct user_table *t);
void user_table_add_range(struct user_table_func *f, uint64_t addr, uint64_t size);

/* The symbol with that link name, or NULL. */
const struct user_table_symbol *user_table_symbol(const struct user_table *t, const char *name);

/*
 * Sorts the table and writes it beside path, then renames: same content, same bytes. comment: lines
 * for the head. error() and -1 on failure, also where a line cannot hold a name.
 */
int user_table_write(struct user_table *t, const char *path, const char *comment);

/* Reads a table. error() and -1, naming the line, when a line has another form. */
int user_table_read(struct user_table *t, const char *path);

void user_table_free(struct user_table *t);

#endif
