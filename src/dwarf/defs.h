/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a compile unit says of a name at file scope: defined where, inlined, optimised away.
 * One entry per name and unit, gathered from all DIEs that speak of it (an inlined function has
 * an abstract DIE, and a concrete one per out-of-line copy; a variable may be declared first).
 */
#ifndef KLP_DEFS_H
#define KLP_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"
#include "dwarf/file.h"

#define DEF_ADDRESSES 8

struct def {
	const char *name;
	Dwarf_Off unit; /* DIE of the compile unit */
	Dwarf_Off die;	/* that has the name: the abstract one of an inlined function */
	bool function;	/* else a variable */
	bool external;	/* not static */
	bool defined;	/* more than a declaration */
	bool inlined;	/* DW_AT_inline says that the compiler did inline it */
	bool noreturn;	/* DW_AT_noreturn: it is never left */
	bool nocall;	/* die_nocall() */
	/*
	 * In a unit without code: clang's link-time optimisation inlined it into another file's,
	 * whose object has this second unit for the file that it is of.
	 */
	bool imported;
	uint64_t line, file; /* DW_AT_decl_line and DW_AT_decl_file of the definition, 0: unknown */
	uint64_t addr[DEF_ADDRESSES]; /* where code or data of it begins */
	size_t addrs;
};

struct defs {
	struct def *def;
	size_t n, cap;
	struct strmap index; /* name to entry, within the unit being read */
};

/*
 * Adds what the unit says of the names in wanted (NULL: of all names).
 * error() and -1 when the DWARF is damaged.
 */
int defs_read(struct dwarf_file *d, Dwarf_Off unit, const struct strmap *wanted, struct defs *ret);

/*
 * "path:line" of a definition; only its path when the line is unknown, only its line when the path
 * is.
 */
void def_place(struct dwarf_file *d, const struct def *def, char *buf, size_t size);

/* What the first unit that has a variable of that name, with an address, says of it; or NULL. */
const struct def *defs_find_data(const struct defs *defs, const char *name);

void defs_free(struct defs *defs);

#endif
