/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A witness of the cut object: linked with what stays the kernel's, it makes the patched file's
 * references. It is read back from the disk, and each of its relocations is compared with the one
 * that the patched file has there, in a way of its own: by the symbols of both files, and by the
 * bytes before an operand instead of the lengths of instructions. Where pieces lie is taken from
 * the layout, and proven by their symbols and bytes. A wrong reference would be silent: the module
 * would use the variable beside the one that is meant.
 */
#ifndef KLP_DIFF_RELINK_H
#define KLP_DIFF_RELINK_H

#include "diff/layout.h"

struct relink {
	const struct diff *d;
	const struct pieces *p; /* of the patched file */
	const struct selection *s;
	struct layout layout;
	struct elf_file *cut;
	const char *path;	/* of the cut object, for messages */
	struct relink_name {	/* the patched file's named symbols, by place */
		uint64_t place; /* elf_place() */
		uint64_t size;
		unsigned char type;
		const char *name;
	} * name;
	size_t names, names_cap;
	struct relink_runtime { /* where the kernel would write a variable's value into code */
		uint64_t place;
		const char *variable;
	} * runtime;
	size_t runtimes, runtimes_cap;
};

/* Where a reference of the patched file leads. */
struct relink_target {
	size_t section;
	uint64_t offset;       /* where the processor goes, or finds what it accesses */
	uint64_t value;	       /* what the relocation computes before it subtracts its own place */
	bool named;	       /* by a symbol that is not a section's ... */
	uint64_t base;	       /* ... at this offset */
	const char *undefined; /* another file's symbol; the rest is unset then */
	int64_t addend;	       /* ... and what is added to it */
};

/*
 * Reads the object file that was cut, and compares. path: of the file; shown_path: for messages.
 * error() and -1 on the first thing in which it says something else than the patched file does.
 */
int relink_check(const struct diff *d, const struct selection *s, const char *path,
		 const char *shown_path);

/* error() about a place of the patched file that was cut wrongly; -1. Takes over what. */
int relink_wrong(const struct relink *r, size_t section, uint64_t offset, char *what);

/* Where a relocation of the patched file leads. False when its type is unknown. */
bool relink_target(const struct relink *r, const struct reloc *a, struct relink_target *ret);

/* Where a branch leads that the assembler has left without a relocation: its last four bytes. */
bool relink_branch(const struct relink *r, size_t section, uint64_t offset,
		   struct relink_target *ret);

/*
 * Does the relocation b of the cut object lead there? error() and -1 when it does not. It stands at
 * that place of the patched file.
 */
int relink_compare(const struct relink *r, const struct relink_target *t, const struct reloc *b,
		   size_t section, uint64_t offset);

/* The names at a place or behind it: the number of the first. */
size_t relink_names_from(const struct relink *r, uint64_t place);

#endif
