/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code and data of one file by place, and what they refer to: by its relocations where it has them,
 * else (vmlinux, linked) by the bytes that the linker has left. A place is an address, in a
 * relocatable file elf_place().
 */
#ifndef KLP_CODE_H
#define KLP_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "elf/relocs.h"
#include "elf/sites.h"
#include "symbols/kallsyms.h"

struct code {
	const struct elf_file *elf;
	const struct arch *arch;
	const struct sites *traced; /* its traced call sites */
	bool linked;
	struct relocs relocs; /* of a relocatable file */
	struct ksym *sym;     /* functions and variables by place; read when they are asked for */
	size_t symbols, symbols_cap;
};

/* Where a reference leads. */
struct code_ref {
	enum { REF_UNKNOWN, REF_PLACE, REF_SYMBOL } kind;
	uint64_t place;
	uint64_t
		object; /* where the string or variable begins that was named, if any; else place */
	size_t symbol;	/* of the file's symbol table: one that is defined elsewhere */
	int64_t addend;
};

/* error() and -1 when the file's relocations are damaged. */
int code_open(struct code *c, const struct elf_file *elf, const struct arch *arch,
	      const struct sites *traced);
void code_close(struct code *c);

/* The bytes at a place, or NULL when the file does not hold size bytes there. */
const unsigned char *code_at(const struct code *c, uint64_t place, uint64_t size);

/* The section that has a place, or NULL. */
const struct elf_section *code_section(const struct code *c, uint64_t place);

/* The relocation at a place, or NULL. Relocations of type 0 do not count. */
const struct reloc *code_reloc(const struct code *c, uint64_t place);

/*
 * Where a relocation leads. tail: how far behind its place the address counts from which an
 * instruction's operand is relative; 0 in data.
 */
struct code_ref code_reloc_ref(const struct code *c, const struct reloc *r, unsigned int tail);

/*
 * The same for bytes that have been relocated already: linked code, or a branch within a section.
 */
struct code_ref code_linked_ref(const struct code *c, uint64_t place, size_t size, bool relative,
				unsigned int tail);

/* Is there a call site of ftrace? */
bool code_is_traced(const struct code *c, uint64_t place);

/* The function or variable that holds a place, or NULL; of several the one that begins last. */
const struct ksym *code_symbol(struct code *c, uint64_t place);

/*
 * Of an object file that is not linked: the functions or variables that begin last before a place
 * and first behind it in its section; each may be NULL.
 */
void code_neighbours(struct code *c, uint64_t place, const struct ksym **before,
		     const struct ksym **behind);

/* A symbol of that name, or of any name with NULL, that begins at the place; or NULL. */
const struct ksym *code_symbol_at(struct code *c, uint64_t place, const char *name);

/* The global symbol of that name, wherever it is, or NULL: for names that a linker defines. */
const struct ksym *code_named(struct code *c, const char *name);

#endif
