// SPDX-License-Identifier: GPL-2.0-only
/* C files word by word: see patch/tokens.h. */
#include "patch/tokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"

/* No name of a function is longer. */
#define NAME_MAX_LEN 255

struct lexer {
	const char *p;
	size_t line;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static void step(struct lexer *l)
{
	l->line += *l->p++ == '\n';
}

/* To the end of a comment, or of the file. */
static void skip_comment(struct lexer *l)
{
	if (l->p[1] == '/') {
		while (*l->p && *l->p != '\n')
			step(l);
		return;
	}
	l->p += 2;
	while (*l->p && !(l->p[0] == '*' && l->p[1] == '/'))
		step(l);
	if (*l->p)
		l->p += 2;
}

static void skip_space(struct lexer *l)
{
	while (*l->p) {
		if (l->p[0] == '/' && (l->p[1] == '*' || l->p[1] == '/'))
			skip_comment(l);
		else if (isspace((unsigned char)*l->p) || (l->p[0] == '\\' && l->p[1] == '\n'))
			step(l);
		else
			return;
	}
}

/* A string or character, which ends in its line. */
static void skip_quoted(struct lexer *l)
{
	char quote = *l->p;

	step(l);
	while (*l->p && *l->p != quote && *l->p != '\n') {
		if (*l->p == '\\' && l->p[1])
			step(l);
		step(l);
	}
	if (*l->p == quote)
		step(l);
}

static void skip_operator(struct lexer *l)
{
	static const char *const long_ones[] = {"<<=", ">>=", "...", "->", "++", "--", "<<", ">>",
						"<=",  ">=",  "==",  "!=", "&&", "||", "+=", "-=",
						"*=",  "/=",  "%=",  "&=", "|=", "^=", "##"};

	for (size_t i = 0; i < ARRAY_SIZE(long_ones); i++) {
		if (str_starts(l->p, long_ones[i])) {
			l->p += strlen(long_ones[i]);
			return;
		}
	}
	step(l);
}

static void skip_token(struct lexer *l)
{
	if (*l->p == '"' || *l->p == '\'') {
		skip_quoted(l);
	} else if (is_word(*l->p)) {
		while (is_word(*l->p) || (*l->p == '.' && isdigit((unsigned char)l->p[1])))
			step(l);
	} else {
		skip_operator(l);
	}
}

int token_file_open(struct token_file *f, const char *path)
{
	struct lexer l = {.line = 1};
	struct stat st;
	size_t size;

	memset(f, 0, sizeof(*f));
	/* Reading a pipe might never end. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		error("'%s' is not a plain file", path);
		return -1;
	}
	if (read_file(path, &f->text, &size))
		return -1;
	l.p = f->text;
	for (skip_space(&l); *l.p; skip_space(&l)) {
		struct token t = {.text = l.p, .line = l.line};

		skip_token(&l);
		t.len = (size_t)(l.p - t.text);
		GROW(f->t, f->n, f->cap);
		f->t[f->n++] = t;
	}
	return 0;
}

void token_file_close(struct token_file *f)
{
	free(f->text);
	free(f->t);
	memset(f, 0, sizeof(*f));
}

bool token_is(const struct token *t, const char *text)
{
	return strlen(text) == t->len && !memcmp(t->text, text, t->len);
}

/* Is it the first of a line that is for the preprocessor? */
static bool is_directive(const struct token_file *f, size_t i)
{
	return token_is(&f->t[i], "#") && (!i || f->t[i - 1].line < f->t[i].line);
}

/* The number behind what closes a bracket; false when nothing does. */
static bool skip_brackets(const struct token_file *f, size_t *i, const char *open,
			  const char *close, bool *directives)
{
	size_t depth = 0;

	if (*i >= f->n || !token_is(&f->t[*i], open))
		return false;
	for (; *i < f->n; (*i)++) {
		*directives |= is_directive(f, *i);
		depth += token_is(&f->t[*i], open);
		if (token_is(&f->t[*i], close) && !--depth) {
			(*i)++;
			return true;
		}
	}
	return false;
}

/* A definition has a body behind its parameters; attributes may stand between. */
static bool read_definition(const struct token_file *f, size_t i, struct tokens *ret)
{
	size_t from = i;

	ret->directives = false;
	if (!skip_brackets(f, &i, "(", ")", &ret->directives))
		return false;
	while (i < f->n && !token_is(&f->t[i], "{")) {
		if (token_is(&f->t[i], ";"))
			return false;
		i++;
	}
	if (!skip_brackets(f, &i, "{", "}", &ret->directives))
		return false;
	ret->t = &f->t[from];
	ret->n = i - from;
	return true;
}

bool tokens_function(const struct token_file *f, size_t line, const char *name, struct tokens *ret)
{
	for (size_t i = 0; i < f->n && f->t[i].line <= line; i++) {
		if (f->t[i].line == line && token_is(&f->t[i], name))
			return read_definition(f, i + 1, ret);
	}
	return false;
}

/* Where the line ends that the preprocessor sees, for one that begins with a token. */
static size_t end_of_line(const struct token_file *f, size_t i)
{
	size_t line = f->t[i].line;

	for (; i < f->n; i++) {
		const char *end = f->t[i].text + f->t[i].len;

		if (f->t[i].line > line)
			return i;
		while (*end == ' ' || *end == '\t')
			end++;
		if (end[0] == '\\' && end[1] == '\n')
			line++;
	}
	return i;
}

bool tokens_macro(const struct token_file *f, const struct token *name, struct tokens *ret)
{
	for (size_t i = 0; i + 2 < f->n; i++) {
		const struct token *is = &f->t[i + 2];

		if (!is_directive(f, i) || !token_is(&f->t[i + 1], "define") ||
		    is->len != name->len || memcmp(is->text, name->text, is->len) != 0)
			continue;
		*ret = (struct tokens){.t = is, .n = end_of_line(f, i) - (i + 2)};
		return true;
	}
	return false;
}

static bool same_token(const struct token *patch, const struct token *kernel,
		       const char *(*meant)(const char *name, void *arg), void *arg)
{
	char name[NAME_MAX_LEN + 1];

	if (patch->len == kernel->len && !memcmp(patch->text, kernel->text, patch->len))
		return true;
	if (!is_word(*patch->text) || patch->len > NAME_MAX_LEN)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)patch->len, patch->text);
	return token_is(kernel, meant(name, arg));
}

size_t tokens_compare(const struct tokens *patch, const struct tokens *kernel,
		      const char *(*meant)(const char *name, void *arg), void *arg)
{
	size_t n = patch->n < kernel->n ? patch->n : kernel->n;

	for (size_t i = 0; i < n; i++) {
		if (!same_token(&patch->t[i], &kernel->t[i], meant, arg))
			return i;
	}
	return n;
}
