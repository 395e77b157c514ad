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

/* The first place of a whole word, in comments only when these count; NULL: there is none. */
static const char *find_word(const char *text, const char *word, bool comments)
{
	size_t len = strlen(word);
	char quote = '\0';

	for (const char *p = text; *p; p++) {
		if (!comments && !quote && (str_starts(p, "//") || str_starts(p, "/*"))) {
			p = strstr(p + 2, p[1] == '/' ? "\n" : "*/");
			if (!p)
				return NULL;
			p += *p == '*';
			continue;
		}
		if ((p == text || !is_word(p[-1])) && !strncmp(p, word, len) && !is_word(p[len]))
			return p;
		if (*p == '\\' && p[1])
			p++;
		else if (*p == quote || *p == '\n')
			quote = '\0';
		else if (!quote && (*p == '"' || *p == '\''))
			quote = *p;
	}
	return NULL;
}

size_t source_line_of(const struct source *s, const char *identifier)
{
	const char *found;
	size_t line = 1;

	if (!s->text || !identifier[0])
		return 0;
	found = find_word(s->text, identifier, false);
	if (!found)
		found = find_word(s->text, identifier, true);
	for (const char *p = s->text; found && p < found; p++)
		line += *p == '\n';
	return found ? line : 0;
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
