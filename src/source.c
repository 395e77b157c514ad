// SPDX-License-Identifier: GPL-2.0-only
/* A patch's C file as text: see source.h. */
#include "source.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define TAG "KLPMAKE"

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* The text after "//KLPMAKE" on a line, without blanks around it; NULL when that is no tag. */
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
	return strndup(p, (size_t)(end - p));
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

int source_read(struct source *s, const char *path)
{
	const char *line, *end;
	size_t number = 0;

	memset(s, 0, sizeof(*s));
	s->path = path;
	if (read_file(path, &s->text, &s->size))
		return -1;
	for (line = s->text; line < s->text + s->size; line = end + 1) {
		char *tag;

		number++;
		end = memchr(line, '\n', (size_t)(s->text + s->size - line));
		if (!end)
			end = s->text + s->size;
		tag = tag_on_line(line, end);
		if (!tag)
			continue;
		if (s->tag) {
			error("%s:%zu: a second //KLPMAKE tag, the first is in line %zu: a file "
			      "borrows the scope of one kernel file",
			      path, number, s->tag_line);
			free(tag);
			return -1;
		}
		s->tag = tag;
		s->tag_line = number;
		if (!is_tree_path(tag)) {
			error("%s:%zu: '%s' is no path in a kernel tree: write it from the tree's "
			      "root, like //KLPMAKE net/netlink/af_netlink.c",
			      path, number, tag);
			return -1;
		}
	}
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

size_t source_line_of(const struct source *s, const char *identifier)
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
		if (!strncmp(p, identifier, len) && !is_word(p[len])) {
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

const char *source_place(const struct source *s, const char *identifier)
{
	/* One message at a time: each ends before the next is made. */
	static char place[4096];
	size_t line = source_line_of(s, identifier);

	if (line)
		snprintf(place, sizeof(place), "%s:%zu", s->path, line);
	else
		snprintf(place, sizeof(place), "%s", s->path);
	return place;
}

bool source_path_fits(const char *path, const char *file)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t len = strcspn(base, ".");

	return !strncmp(file, base, len) && file[len] == '.';
}

void source_free(struct source *s)
{
	free(s->text);
	free(s->tag);
	memset(s, 0, sizeof(*s));
}
