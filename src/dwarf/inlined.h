/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the code of a function went besides its own symbol: into the functions that have it
 * inlined, and into more copies of its own.
 *
 * DWARF says it in the functions that have the copies, not in the one that was copied: the
 * functions of a compile unit are read for a function of that unit's file, those of all units for
 * one from a header, or where units refer to each other (link-time optimisation).
 */
#ifndef KLP_INLINED_H
#define KLP_INLINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf/defs.h"
#include "dwarf/file.h"

/* A function may lie in a hot and a cold part. */
#define CODE_PARTS 4

/* One copy of a function. */
struct inlined_place {
	size_t function;	   /* which of those asked for */
	Dwarf_Off unit;		   /* DIE of the compile unit */
	bool own;		   /* not inlined: code of its own */
	uint64_t code[CODE_PARTS]; /* where the function that has it begins, or its own code */
	size_t parts;
	uint64_t file, line; /* of the call that was inlined, as the unit numbers files */
};

struct inlined {
	struct inlined_place *place; /* by function, unit, code, line */
	size_t n, cap;
	size_t units; /* how many units were read */
};

/*
 * Finds all copies of n functions, as their units speak of them. The first code of a function, at
 * def->addr, is among them. error() and -1 when the DWARF is damaged.
 */
int inlined_find(struct dwarf_file *d, const struct def *const *def, size_t n, struct inlined *ret);

/* "path:line" of the call that was inlined; "?" when that cannot be told. */
void inlined_call(struct dwarf_file *d, const struct inlined_place *p, char *buf, size_t size);

void inlined_free(struct inlined *in);

#endif
