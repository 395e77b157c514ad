/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program or shared library whose functions are to be replaced: the file that runs, mostly
 * stripped, and the file with its symbols and debug information, which may be the same one. The
 * first has the bytes and what the dynamic linker does with them, the second has the names.
 */
#ifndef KLP_BINARY_H
#define KLP_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "base/strmap.h"
#include "elf/elf_file.h"

/* A symbol of .dynsym. */
struct dynamic_symbol {
	const char *name;
	char *version; /* "GLIBC_2.2.5", or "" */
	uint64_t addr, size;
	unsigned char type; /* STT_FUNC... */
	bool defined;
	bool hidden; /* its version is not the one that is bound without asking */
};

/* A word that the dynamic linker fills in. */
struct dynamic_word {
	uint64_t place;
	uint64_t addend;
	uint32_t type;
	const struct dynamic_symbol *symbol; /* NULL: none */
};

struct binary {
	bool library;
	char *name; /* the SONAME, or the last part of the path */
	char *path;
	struct elf_file *elf;
	char *debug_path;	/* the same as path where the file itself has all */
	struct elf_file *debug; /* NULL where nobody has asked for it */
	struct elf_file *old;	/* a debug file of a form that is not read, or NULL */
	const struct arch *arch;
	char id[ELF_BUILD_ID_MAX];

	char **needed; /* SONAMEs of the libraries that it asks for */
	size_t needs, needs_cap;
	char *search; /* its DT_RUNPATH or DT_RPATH, or NULL */
	struct dynamic_symbol *symbol;
	size_t symbols;
	struct strmap exports;	   /* numbers of those that binary_export() finds */
	struct dynamic_word *word; /* by place */
	size_t words, words_cap;
};

/*
 * Opens a program, or a library if it has a SONAME. error() and -1 when it is
 * not one that can be patched: no build-id, another architecture's, not linked.
 */
int binary_open(struct binary **ret, const char *path);
void binary_close(struct binary *b);

/* The defined symbol of that name that others get without asking for a version, or NULL. */
const struct dynamic_symbol *binary_export(const struct binary *b, const char *name);

/* The word at a place, or NULL. */
const struct dynamic_word *binary_word(const struct binary *b, uint64_t place);

/* The word that holds the address of the symbol of that name when the binary runs, or NULL. */
const struct dynamic_word *binary_slot(const struct binary *b, const char *name);

/* The word that holds what an IFUNC's resolver, at that address, has answered, or NULL. */
const struct dynamic_word *binary_resolved(const struct binary *b, uint64_t resolver);

/* The word with the number of its own thread-local storage, or NULL. */
const struct dynamic_word *binary_tlsmod(const struct binary *b);

/* The section that has an address, or 0. */
size_t binary_section(const struct binary *b, uint64_t addr);

#endif
