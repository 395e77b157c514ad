/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sections of a module that the kernel reads as tables while it loads the module: what an entry
 * consists of, and where it has to lead. The kernel checks next to none of this: it follows the
 * pointers. Which tables an architecture has of its own is in its row.
 */
#ifndef KLP_TABLES_H
#define KLP_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

#define TABLE_MEMBERS 6

/* A member of an entry that leads somewhere. */
struct table_member {
	const char *name; /* in table.structure; of no structure: what it is */
	enum table_form form;
	bool code;   /* it leads to code of the module */
	bool null;   /* it may lead nowhere */
	bool end;    /* it may lead to where the code ends */
	bool same;   /* it leads to code of the function that the first member leads to */
	bool text;   /* it leads to a text */
	bool module; /* it leads to the struct module of the module itself */
	/* The only section that it leads to, or NULL */
	const char *in;
	/* The member with the size of what is there, a byte; or NULL */
	const char *size;
};

struct table {
	const char *section;
	const char *structure; /* of an entry; NULL: it is its only member */
	const char *reader;    /* the function of the kernel that reads the table */
	bool written;	       /* the kernel writes to it, too */
	bool more;	       /* other members may lead somewhere, too */
	bool once;	       /* no two entries lead to one place */
	/* Of code that is replaced: how its entries are, and where that is known from; or NULL */
	const struct arch_rewrite *rewrite;
	struct table_member member[TABLE_MEMBERS + 1]; /* ends with a NULL name */
	/* A section that must have as many entries as this one, or NULL */
	const char *beside;
};

/* What has to be where the first member of a table's entries leads. */
struct table_site {
	const char *section;
	/* Does an instruction of that kind begin with these bytes? */
	bool (*instruction)(const unsigned char *code, size_t size);
	/* Where it branches to, by a relocation: what the symbol's name begins with; or NULL */
	const char *to;
};

/* What the architecture knows of the places that a table lists, or NULL. */
const struct table_site *table_site_of(const struct arch *arch, const char *section);

/* The table in a section of that name; false: there is no table in it. */
bool table_of(const struct arch *arch, const char *section, struct table *ret);

#endif
