// SPDX-License-Identifier: GPL-2.0-only
/* A patch's C file as text: see patch/source.h. */
#include "patch/source.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/near.h"
#include "base/util.h"

#define TAG "KLPMAKE"

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/*
 * The text after "//KLPMAKE" on a line, without blanks around it; NULL when the line is not a tag.
 */
static char *tag_on_line(const char *line, const char *end)
{
	const char *p = skip_blanks(line, end);
	size_t len = strlen(TAG);

	if (end - p < 2 || memcmp(p, "//", 2) != 0)
		return NULL;
	p = skip_blanks(p + 2, end);
	if ((size_t)(end - p) < len || memcmp(p, TAG, len) != 0)
		return NULL;
	p += len;
	if (p < end && !isspace((unsigned char)*p))
		return NULL;
	p = skip_blanks(p, end);
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	return xstrndup(p, (size_t)(end - p));
}

/* A path from the root of a kernel tree: no empty part, no "." and "..", no blanks. */
static bool is_tree_path(const char *path)
{
	for (const char *part = path;; part++) {
		size_t len = strcspn(part, "/");

		if (len == 0 || !strncmp(part, ".", len) || !strncmp(part, "..", len))
			return false;
		for (; len; len--, part++) {
			if (iscntrl((unsigned char)*part) || isspace((unsigned char)*part))
				return false;
		}
		if (!*part)
			return true;
	}
}

/* The length of a word that is the tag's word in any case, or nearly that; 0: there is none. */
static size_t tag_word(const char *p, const char *end)
{
	char word[sizeof(TAG) + 3];
	struct near near = {.wanted = TAG};
	size_t len = 0;

	for (; p + len < end && len < sizeof(word) - 1 && isalpha((unsigned char)p[len]); len++)
		word[len] = (char)toupper((unsigned char)p[len]);
	word[len] = '\0';
	/* The path may follow without a blank between. */
	if (str_starts(word, TAG) && p + len < end && strchr("/.", p[len]))
		return strlen(TAG);
	near_offer(&near, word);
	return near.n || !strcmp(word, TAG) ? len : 0;
}

/* Where the text begins in a line that is a comment or a part of one; NULL: it is not a comment. */
static const char *comment_text(const char *line, const char *end)
{
	const char *p = skip_blanks(line, end);
	bool begins = end - p >= 2 && p[0] == '/' && (p[1] == '/' || p[1] == '*');

	if (!begins && (p == end || *p != '*'))
		return NULL;
	while (p < end && *p && strchr("/*!", *p))
		p++;
	return skip_blanks(p, end);
}

/*
 * The path in a comment that was meant as a tag: "klpmake" in any case or misspelt, perhaps a
 * colon, then a C file and nothing else. To be freed; NULL: it is an ordinary comment.
 */
static char *meant_on_line(const char *line, const char *end)
{
	const char *p = comment_text(line, end);
	size_t len = p ? tag_word(p, end) : 0;
	char *path;

	if (!len)
		return NULL;
	p = skip_blanks(p + len, end);
	while (p < end && *p && strchr(":=-_", *p))
		p++;
	p = skip_blanks(p, end);
	len = 0;
	while (p + len < end && !isspace((unsigned char)p[len]) && strncmp(p + len, "*/", 2) != 0)
		len++;
	path = xstrndup(p, len);
	p = skip_blanks(p + len, end);
	if (end - p >= 2 && !strncmp(p, "*/", 2))
		p += 2;
	while (p < end && isspace((unsigned char)*p))
		p++;
	if (p == end && is_tree_path(path) && (str_ends(path, ".c") || str_ends(path, ".S")))
		return path;
	free(path);
	return NULL;
}

/*
 * The object that a tag names behind the path, which then ends before it: a file may be compiled
 * into several. To be freed; NULL: none.
 */
static char *cut_object(char *tag)
{
	char *path_end = tag + strcspn(tag, " \t"), *object = path_end;
	size_t len = strlen(tag);

	object += strspn(object, " \t");
	if (object == path_end || object[0] != '[' || tag[len - 1] != ']' ||
	    strcspn(object + 1, "[] \t") + 2 != strlen(object))
		return NULL;
	tag[len - 1] = '\0';
	*path_end = '\0';
	return xstrdup(object + 1);
}

static int read_tag(struct source *s)
{
	const char *line, *end;
	CLEANUP_FREE char *meant = NULL;
	size_t number = 0, meant_line = 0;

	for (line = s->text; line < s->text + s->size; line = end + 1) {
		char *tag;

		number++;
		end = memchr(line, '\n', (size_t)(s->text + s->size - line));
		if (!end)
			end = s->text + s->size;
		tag = tag_on_line(line, end);
		if (!tag && !meant) {
			meant = meant_on_line(line, end);
			meant_line = number;
		}
		if (!tag)
			continue;
		if (s->tag) {
			error("%s:%zu: a second //KLPMAKE tag, the first is in line %zu: a file "
			      "borrows the scope of one kernel file",
			      s->path, number, s->tag_line);
			free(tag);
			return -1;
		}
		s->tag = tag;
		s->object = cut_object(tag);
		s->tag_line = number;
		if (!is_tree_path(tag)) {
			error("%s:%zu: '%s' is not a path in a kernel tree: write it from the "
			      "tree's root, like //KLPMAKE net/netlink/af_netlink.c",
			      s->path, number, tag);
			return -1;
		}
	}
	/* Beside a tag it is a comment. */
	if (meant && !s->tag) {
		error("%s:%zu: this is not a tag: did you mean '//KLPMAKE %s'?", s->path,
		      meant_line, meant);
		return -1;
	}
	return 0;
}

int source_read(struct source *s, const char *path)
{
	memset(s, 0, sizeof(*s));
	s->path = path;
	if (read_file(path, &s->text, &s->size))
		return -1;
	if (read_tag(s)) {
		source_free(s);
		return -1;
	}
	s->places = xcalloc(1, sizeof(*s->places));
	return 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Past the comment that begins at p: p itself where none does. */
static const char *skip_comment(const char *p)
{
	bool line = p[0] == '/' && p[1] == '/';
	const char *end;

	if (!line && (p[0] != '/' || p[1] != '*'))
		return p;
	end = strstr(p + 2, line ? "\n" : "*/");
	if (!end)
		return p + strlen(p);
	return line ? end : end + 2;
}

/* Past the word, the escaped character or the single character that p points to. */
static const char *skip_one(const char *p)
{
	if (is_word(*p)) {
		while (is_word(*p))
			p++;
		return p;
	}
	return *p == '\\' && p[1] ? p + 2 : p + 1;
}

/* Is the word at p all that stands between two quotation marks? */
static bool is_literal(const char *p, size_t len)
{
	return p[-1] == '"' && p[len] == '"';
}

/* literal: only as a string of its own, "helper" in .old_name = "helper" */
static size_t line_of(const struct source *s, const char *identifier, bool literal)
{
	size_t len = strlen(identifier), line = 1;
	const char *p = s->text, *counted = p;
	char quote = '\0';

	if (!p || !len)
		return 0;
	if (s->tag && !strcmp(identifier, s->tag))
		return s->tag_line;
	while (*p) {
		const char *behind = quote ? p : skip_comment(p);

		if (behind > p) {
			p = behind;
			continue;
		}
		if (!strncmp(p, identifier, len) && !is_word(p[len]) &&
		    (!literal || (quote == '"' && is_literal(p, len)))) {
			for (; counted < p; counted++)
				line += *counted == '\n';
			return line;
		}
		if (quote) {
			/* A quotation mark that is left open, as in #error, ends with its line. */
			if (*p == quote || *p == '\n')
				quote = '\0';
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		}
		p = skip_one(p);
	}
	return 0;
}

size_t source_line_of(const struct source *s, const char *identifier)
{
	return line_of(s, identifier, false);
}

bool source_has_literal(const struct source *s, const char *word)
{
	return line_of(s, word, true) > 0;
}

const char *source_place(const struct source *s, const char *identifier)
{
	size_t line = s->literals ? line_of(s, identifier, true) : 0;
	struct source_places *p = s->places;

	if (!line)
		line = source_line_of(s, identifier);
	if (!line)
		return s->path;
	GROW(p->place, p->n, p->cap);
	return p->place[p->n++] = xasprintf("%s:%zu", s->path, line);
}

bool source_path_fits(const char *path, const char *file)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t len = strcspn(base, ".");

	return !strncmp(file, base, len) && file[len] == '.';
}

void source_free(struct source *s)
{
	for (size_t i = 0; s->places && i < s->places->n; i++)
		free(s->places->place[i]);
	if (s->places)
		free(s->places->place);
	free(s->places);
	free(s->text);
	free(s->tag);
	free(s->object);
	memset(s, 0, sizeof(*s));
}
