/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables that say more of code than its bytes do: which static key a jump label asks, what an
 * alternative is replaced with, where a fault leads, what a warning does. Two functions of the same
 * bytes may differ in them.
 */
#ifndef KLP_CODE_TABLES_H
#define KLP_CODE_TABLES_H

#include "dwarf/file.h"
#include "same/code.h"

enum { TABLE_JUMP, TABLE_ALTERNATIVES, TABLE_EXCEPTIONS, TABLE_BUGS, TABLES };

struct code_table {
	const char *section; /* in modules and object files; NULL: the usual one */
	size_t size;	     /* of an entry, 0: unknown */
	/* Where the source file and line of a warning stand, which are not compared; 0: nowhere */
	size_t file, line;
	/* Of an alternative: where its code is, and how long that is, in so many bytes. 0: nowhere
	 */
	size_t replacement, length, length_size;
	/* Where it has no length, that leads to a function which makes the code */
	bool callback;
};

struct code_tables {
	struct code_table t[TABLES];
};

/* The section of a table, as modules call it. */
const char *code_table_name(const struct code_tables *t, size_t table);

/* Reads the entries' structures from vmlinux's DWARF. error() and -1 when that is damaged. */
int code_tables_read(struct code_tables *t, const struct arch *arch, struct dwarf_file *vmlinux);

struct code_entries {
	uint64_t *place;
	size_t n, cap;
	bool unknown; /* there are entries, but their form is unknown */
};

/* The entries of a table that are about code from a place on, in their order; to be freed. */
struct code_entries code_table_entries(const struct code_tables *t, size_t table, struct code *c,
				       uint64_t from, uint64_t size);

/* The place that an entry is about. */
struct code_ref code_entry_about(struct code *c, uint64_t entry);

#endif
