/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A function as it stands in a C file, word by word: comments, line breaks and indentation do not
 * count. Files are read as they are, not through the preprocessor.
 */
#ifndef KLP_TOKENS_H
#define KLP_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

struct token {
	const char *text; /* in the file's text */
	size_t len, line;
};

struct tokens {
	const struct token *t; /* from the parenthesis behind its name to the end of its body */
	size_t n;
	bool directives; /* there are some of the preprocessor in it */
};

/* A C file that has been read. */
struct token_file {
	char *text;
	struct token *t;
	size_t n, cap;
};

/* error() and -1 when the file cannot be read. */
int token_file_open(struct token_file *f, const char *path);
void token_file_close(struct token_file *f);

/* The function whose name stands in that line; false when none is defined there. */
bool tokens_function(const struct token_file *f, size_t line, const char *name, struct tokens *ret);

/* What the file defines a macro of that name as, from its name to the end of the line. */
bool tokens_macro(const struct token_file *f, const struct token *name, struct tokens *ret);

bool token_is(const struct token *t, const char *text);

/*
 * The index of the first token that differs, or the number of tokens when none does: two bodies
 * that begin alike end alike. meant: what the patch's name of a function stands for in the kernel.
 */
size_t tokens_compare(const struct tokens *patch, const struct tokens *kernel,
		      const char *(*meant)(const char *name, void *arg), void *arg);

#endif
