/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of a module, which check/module/tables.c finds and check/module/table_entries.c
 * checks.
 */
#ifndef KLP_CHECK_TABLES_H
#define KLP_CHECK_TABLES_H

#include "arch/tables.h"
#include "check/say.h"

#define NOWHERE SIZE_MAX

/* A table of the module, and what the kernel's debug information says of its entries. */
struct module_table {
	struct table t;
	const struct table_site *site;
	const struct elf_section *sec;
	size_t section;
	size_t entry;		       /* its size, 0: unknown */
	size_t at[TABLE_MEMBERS];      /* where each member is; NOWHERE: it has none such */
	size_t size_at[TABLE_MEMBERS]; /* ... and of the member with its length */
	bool pointers;		       /* its members with TABLE_EITHER are pointers */
};

/* The size in bytes of a member with that form. */
size_t table_form_size(enum table_form form);

/* The form of a member of this table. */
enum table_form table_real_form(const struct module_table *f, size_t member);

/* Every entry, member by member. */
void check_table_entries(const struct check *c, const struct module_table *f);

#endif
