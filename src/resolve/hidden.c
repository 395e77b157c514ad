// SPDX-License-Identifier: GPL-2.0-only
/* What headers keep from modules: see resolve/hidden.h. */
#include "resolve/hidden.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

/* Deeper than any header nests its conditions. */
#define DEPTH_MAX 64

/* The word of a directive ("ifndef") and what follows it; NULL when the line is none. */
static const char *directive(const char *line, size_t *len)
{
	line += strspn(line, " \t");
	if (*line != '#')
		return NULL;
	line++;
	line += strspn(line, " \t");
	*len = strspn(line, "abcdefghijklmnopqrstuvwxyz");
	return line;
}

static bool is(const char *word, size_t len, const char *what)
{
	return len == strlen(what) && !strncmp(word, what, len);
}

/* Does the rest of the line say MODULE, and not CONFIG_MODULES or another longer word? */
static bool says_module(const char *rest)
{
	const char *end = rest + strcspn(rest, "\n"), *at = rest;

	while ((at = strstr(at, "MODULE")) != NULL && at < end) {
		const char *behind = at + strlen("MODULE");

		if (!isalnum((unsigned char)*behind) && *behind != '_' &&
		    (at == rest || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')))
			return true;
		at = behind;
	}
	return false;
}

/* Is "#if..." true only without MODULE? */
static bool excludes_modules(const char *word, size_t len)
{
	const char *rest = word + len, *end = rest + strcspn(rest, "\n");
	const char *no = strchr(rest, '!');

	if (is(word, len, "ifndef"))
		return says_module(rest);
	return is(word, len, "if") && no && no < end && says_module(no);
}

bool hidden_from_modules(const char *text, size_t line)
{
	enum { ANY, NO_MODULE, ONLY_MODULE } around[DEPTH_MAX];
	size_t depth = 0;

	for (size_t at = 1; text && *text && at < line; at++) {
		size_t len = 0;
		const char *word = directive(text, &len);

		if (word &&
		    (is(word, len, "if") || is(word, len, "ifdef") || is(word, len, "ifndef"))) {
			if (depth == DEPTH_MAX)
				return false;
			around[depth++] = excludes_modules(word, len) ? NO_MODULE
					  : is(word, len, "ifdef") && says_module(word + len)
						  ? ONLY_MODULE
						  : ANY;
		} else if (word && depth && is(word, len, "else")) {
			around[depth - 1] = around[depth - 1] == ONLY_MODULE ? NO_MODULE : ANY;
		} else if (word && depth && is(word, len, "elif")) {
			around[depth - 1] = ANY;
		} else if (word && depth && is(word, len, "endif")) {
			depth--;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	for (size_t i = 0; i < depth; i++) {
		if (around[i] == NO_MODULE)
			return true;
	}
	return false;
}

char *header_text(const char *const *dir, size_t n, const char *path)
{
	char *text = NULL;
	size_t size;

	for (size_t i = 0; i < n && !text; i++) {
		char *file = xasprintf("%s/%s", dir[i], path);

		if (access(file, R_OK) || read_file(file, &text, &size))
			text = NULL;
		free(file);
	}
	return text;
}

bool header_hides(const char *const *dir, size_t n, const char *place)
{
	const char *colon = strrchr(place, ':');
	char *path = colon ? xstrndup(place, (size_t)(colon - place)) : NULL;
	char *text = path ? header_text(dir, n, path) : NULL;
	bool hidden = text && hidden_from_modules(text, strtoull(colon + 1, NULL, 10));

	free(text);
	free(path);
	return hidden;
}
