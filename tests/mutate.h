/* SPDX-License-Identifier: GPL-2.0-only */
/* What the mutation generator (mutate.c) shares with the kinds of mutations (mutations.c). */
#ifndef MUTATE_H
#define MUTATE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The module, in memory, and what of it is needed again and again. */
struct module {
	unsigned char *bytes;
	size_t size;
	Elf64_Ehdr *header;
	Elf64_Shdr *section;
	unsigned int sections;
	const char *section_names;
	unsigned int symtab; /* its section */
	Elf64_Sym *symbol;
	unsigned int symbols;
	const char *symbol_names;
	bool *used; /* of each symbol: a relocation of a loaded section refers to it */
};

/* One that was made: its class, "KIND:WHERE", and in words. */
struct mutation {
	char class[96];
	char what[256];
};

/* A kind of mutation changes one field; false when the module has no such field. */
struct kind {
	const char *name;
	bool (*mutate)(struct module *m, struct mutation *made);
};

extern const struct kind kinds[]; /* ends with a NULL name */

/* A number below n, of a sequence that the seed determines on any machine. */
uint64_t pick(uint64_t n);

const char *section_name(const struct module *m, unsigned int section);
const char *symbol_name(const struct module *m, unsigned int symbol);

#endif
