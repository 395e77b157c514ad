/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The types of one compile unit and of those that it imports, and what it declares with them, in
 * one table.
 *
 * Going to where a DW_AT_type points costs libdwarf microseconds, and to compare the types of a
 * patch with the kernel's means following hundreds of thousands of them. So a unit is read once,
 * from its beginning to its end; after that, types are indices.
 */
#ifndef KLP_TYPES_H
#define KLP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"
#include "dwarf/file.h"
#include "symbols/kallsyms.h"

/* Indices that stand for no DIE: no type at all, and one that is not in this unit. */
#define TYPE_VOID 0
#define TYPE_UNKNOWN 1

/*
 * A type, or a part of one: member, enumerator, dimension of an array, parameter. Functions and
 * variables at file scope are among them; a function's parameters are its parts.
 */
struct type {
	Dwarf_Off off;
	const char *name;    /* or NULL */
	size_t type;	     /* what it points to, consists of, returns */
	size_t part, next;   /* its first part, and the next one beside it; 0: none */
	uint64_t size;	     /* in bytes; of a dimension: elements, 0 when that is open */
	uint64_t value;	     /* of a member: its place in bits; of an enumerator: its value */
	uint64_t bits;	     /* width of a bit-field, or 0 */
	uint64_t align;	     /* what __aligned() asks for, or 0 */
	uint64_t file, line; /* DW_AT_decl_file and DW_AT_decl_line, or 0 */
	Dwarf_Half tag;	     /* 0: unknown */
	bool real;	     /* a floating point number */
	bool incomplete;     /* only declared */
	bool prototyped;
};

/* A function or variable at file scope. */
struct declared {
	size_t type;	       /* the entry with its name, type and parameters */
	const char *link_name; /* the assembler's name, when that is another one, or NULL */
	uint64_t addr, size;   /* of its code or data, when it is placed; size: of code only */
	bool function;
	bool external;
	bool defined, placed;
	bool nocall;   /* die_nocall() */
	bool left_out; /* defined, but klpdiff has cut it out of the object file: it is the kernel's
			*/
};

struct types {
	Dwarf_Off unit;	      /* DIE of the compile unit */
	const char *path;     /* of its source, from the tree's root; "" when it has none */
	const char *producer; /* "" when it has none */
	bool untyped;	      /* it has names, and no types: the assembler's, or -g1 */
	bool reduced;	      /* some types are not in it: dwarf/reduced.h */
	struct type *t;
	size_t n, cap;
	bool unsorted; /* the entries are not in the order of their offsets */
	size_t *order; /* ... but these numbers of them are; else NULL */
	struct declared *declared;
	size_t declared_n, declared_cap;
	/*
	 * What is defined at file scope: structures, unions and enumerations by tag, those that
	 * have only a typedef's name by that, and the enumerators of those without a tag.
	 */
	struct strmap tags, typedefs, enumerators;
};

/*
 * Reads a compile unit. error() and -1 when the DWARF is damaged.
 */
int types_read(struct dwarf_file *d, Dwarf_Off unit, struct types *ret);

void types_free(struct types *t);

/* The entry of the DIE at that offset; TYPE_UNKNOWN when there is none. */
size_t types_index(const struct types *t, Dwarf_Off off);

/* "path:line" of an entry: unit_place(). */
void types_place(struct dwarf_file *d, const struct types *t, size_t i, char *buf, size_t size);

/* Without typedefs, const, volatile and their like. */
size_t type_strip(const struct types *t, size_t i);

/* Its size in bytes; 0: unknown. */
uint64_t type_size(const struct types *t, size_t i);

/* The function or variable that a symbol stands for, or NULL. */
const struct declared *types_at(const struct types *t, const struct ksym *sym, bool function);

/* One of that name that other units can mean as well, or NULL. */
const struct declared *types_global(const struct types *t, const char *name);

/*
 * Calls fn for each variable within functions until it returns non-zero, which is then returned;
 * -1 after error(). type is where DW_AT_type leads.
 */
int types_each_local(struct dwarf_file *d, const struct types *t,
		     int (*fn)(const struct types *t, Dwarf_Die die, size_t type, void *arg),
		     void *arg);

#endif
