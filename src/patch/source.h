/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A patch's C file as text: its tag, and where a name is mentioned, so that messages can say
 * "a.c:12".
 */
#ifndef KLP_SOURCE_H
#define KLP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* What source_place() has answered: it lasts as long as the source. */
struct source_places {
	char **place;
	size_t n, cap;
};

struct source {
	const char *path; /* as given, not copied */
	char *text;
	size_t size;
	char *tag;	 /* path in the kernel tree, or NULL: no tag */
	char *object;	 /* the object whose copy of that file is meant; NULL: it is in one */
	size_t tag_line; /* 1-based */
	bool literals;	 /* source_place() looks for names only where they are strings */
	struct source_places *places;
};

/*
 * Reads a C file and its tag, a line "//KLPMAKE path/in/tree.c" or "//KLPMAKE path/in/tree.c
 * [object]". error() and -1 for a second tag and for a path that cannot be in a kernel tree.
 */
int source_read(struct source *s, const char *path);

/*
 * The line (1-based) of the tag, or the first that has the identifier as a whole word and not in a
 * comment; 0 when there is none.
 */
size_t source_line_of(const struct source *s, const char *identifier);

/* Does a string of the file consist of that word? */
bool source_has_literal(const struct source *s, const char *word);

/*
 * "a.c:12" for an identifier, "a.c" when it is not in the text (made by a macro). The source owns
 * it.
 */
const char *source_place(const struct source *s, const char *identifier);

/*
 * Does a symbol table's name of a file (STT_FILE) fit a path? It is the base name, of the source
 * or, where the assembler gave none, of the object: "alpha.c", "delta.o".
 */
bool source_path_fits(const char *path, const char *file);

void source_free(struct source *s);

#endif
