/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a module as check/module/tables.c has found them, for check/module/table_entries.c.
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
	size_t at[TABLE_MEMBERS];      /* of each member, NOWHERE: it has none such */
	size_t size_at[TABLE_MEMBERS]; /* ... and of the one with a size */
	bool pointers;		       /* its members of TABLE_EITHER are such */
};

/* Bytes of a member of that form. */
size_t table_form_size(enum table_form form);

/* The form of a member of this table. */
enum table_form table_real_form(const struct module_table *f, size_t member);

/* Every entry, member by member. */
void check_table_entries(const struct check *c, const struct module_table *f);

#endif
