/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An object file cut into pieces that stay or go as a whole: functions, variables, strings,
 * constants, entries of tables, and code that tables put in place of other code. What a piece
 * refers to is another piece, whatever symbol the assembler chose, or a symbol of another file.
 *
 * The file has been compiled with -ffunction-sections and -fdata-sections, and objtool has not seen
 * it.
 */
#ifndef KLP_PIECES_H
#define KLP_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"
#include "dwarf/file.h"
#include "elf/elf_file.h"
#include "same/code_tables.h"

#define NO_PIECE SIZE_MAX

enum piece_kind {
	PIECE_CODE,  /* a function, or its cold part */
	PIECE_DATA,  /* a variable, or what no symbol names */
	PIECE_TEXT,  /* a string or a constant that linkers merge */
	PIECE_ENTRY, /* of a table about code or data */
	PIECE_BODY,  /* code that a table puts in place of other code */
};

struct piece {
	enum piece_kind kind;
	size_t section;
	uint64_t start, end; /* in the section */
	uint8_t lead;	     /* bytes before its symbol: nops at the call site of ftrace */
	size_t symbol;	     /* the first that begins there, 0: none */
	const char *name;    /* of that symbol, or NULL */
	bool global;
	size_t ref, refs; /* its references: pieces.ref[ref...] */
	size_t about;	  /* of an entry: the piece that its first reference leads to */
	/*
	 * The name by which the other object file has it, too; NULL: it has none, and what is equal
	 * is the same.
	 */
	char *identity;
	char *function; /* of a static variable in a function: that function; else NULL */
	uint64_t line;	/* ... and the line that it is declared in */
};

/* What a relocation, or a branch within a section that has none, leads to. */
struct piece_ref {
	size_t section; /* where it stands */
	uint64_t offset;
	uint32_t type;	/* of the relocation */
	size_t symbol;	/* of the relocation; 0: the assembler left none, it is a branch */
	int64_t addend; /* ... */
	uint8_t tail;	/* bytes from its place to where a relative one counts from */
	size_t piece;	/* NO_PIECE: the symbol is another file's */
	int64_t to;	/* from the piece's symbol; of another file's symbol: from there */
};

struct pieces {
	struct elf_file *elf;
	struct dwarf_file *dwarf;
	const struct arch *arch;
	struct piece *piece; /* by section, then by place */
	size_t n, cap;
	struct piece_ref *ref; /* by section, then by place */
	size_t refs, refs_cap;
	size_t *first; /* by section: its first piece; first[shnum] is n */
	size_t *entry; /* entries of tables by what they are about, then by table, by place */
	size_t entries;
};

/*
 * Reads an object file of that architecture. tables: the forms of the kernel's tables. error() and
 * -1 when it is damaged or cannot be cut.
 */
int pieces_read(struct pieces *p, const char *path, const struct arch *arch,
		const struct code_tables *tables);
void pieces_free(struct pieces *p);

/* The piece that holds a place in a section; at the section's end, the last one. Or NO_PIECE. */
size_t pieces_at(const struct pieces *p, size_t section, uint64_t offset);

/* The only piece of a section, whatever place of it is meant; NO_PIECE: it has several, or none. */
size_t pieces_only(const struct pieces *p, size_t section);

/* The entries of tables about a piece: how many, and the first in *first. */
size_t pieces_entries(const struct pieces *p, size_t piece, const size_t **first);

/* The function that a cold part was split from; of anything else NO_PIECE. */
size_t pieces_whole(const struct pieces *p, size_t cold);

/*
 * Does a reference lead into its piece, or just behind it where nothing else can be? Else what it
 * means there is lost when the piece is cut out.
 */
bool pieces_holds(const struct pieces *p, const struct piece_ref *r);

/* Is it code that the kernel frees after boot or runs only when a module goes? */
bool piece_is_init(const struct pieces *p, const struct piece *piece);

/* For messages: the name of a piece, or of its section. */
const char *piece_name(const struct pieces *p, size_t piece);

#endif
