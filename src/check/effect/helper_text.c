// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies whose text is the same as the kernel's, where its source is at hand: see
 * check/effect/helpers.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/effect/helpers.h"
#include "patch/tokens.h"

/* A source file; there: it could be read. */
struct text {
	char *path;
	bool there;
	struct token_file file;
};

struct texts {
	struct text *t;
	size_t n, cap;
};

/*
 * Only files below the directory are read: debug information may name any file, and messages quote
 * what is read.
 */
static bool is_below(const char *path)
{
	return path[0] && path[0] != '/' && !strstr(path, "../");
}

static size_t open_text(struct texts *all, const char *directory, const char *path)
{
	struct text t = {.path = xasprintf("%s/%s", directory, path)};
	size_t i = 0;

	while (i < all->n && strcmp(all->t[i].path, t.path) != 0)
		i++;
	if (i < all->n) {
		free(t.path);
		return i;
	}
	t.there = is_below(path) && !access(t.path, R_OK) && !token_file_open(&t.file, t.path);
	GROW(all->t, all->n, all->cap);
	all->t[all->n++] = t;
	return i;
}

/* Reads the function that is defined at "PATH:LINE" below that directory. */
static bool read_text(struct texts *all, const char *directory, const char *place, const char *name,
		      struct tokens *ret, size_t *text)
{
	const char *line = strrchr(place, ':');
	char *path;

	if (!directory || !line)
		return false;
	if (str_starts(place, "./"))
		place += 2;
	path = xasprintf("%.*s", (int)(line - place), place);
	*text = open_text(all, directory, path);
	free(path);
	return all->t[*text].there &&
	       tokens_function(&all->t[*text].file, strtoul(line + 1, NULL, 10), name, ret);
}

/*
 * The same word may be a macro that the two files define differently. A macro that only one of the
 * files defines itself may come from a header on the other side, where it is not looked for: then
 * it is unknown whether they agree.
 */
static enum helper_verdict compare_macros(const struct tokens *own, const struct token_file *patch,
					  const struct token_file *kernel, struct copies *copies,
					  char **why)
{
	enum helper_verdict verdict = HELPER_TEXT;

	for (size_t i = 0; i < own->n; i++) {
		struct tokens a, b;
		bool in_patch = tokens_macro(patch, &own->t[i], &a);
		bool in_kernel = tokens_macro(kernel, &own->t[i], &b);

		if (in_patch && in_kernel &&
		    (a.n != b.n || tokens_compare(&a, &b, copies_meant, copies) != a.n)) {
			*why = xasprintf(
				"the macro '%.*s' is another, in line %zu and in the kernel's "
				"line %zu",
				(int)own->t[i].len, own->t[i].text, a.t->line, b.t->line);
			return HELPER_OTHER;
		}
		if (in_patch != in_kernel)
			verdict = HELPER_UNCLEAR;
	}
	return verdict;
}

static void compare(struct helpers *all, struct texts *texts, struct helper *h)
{
	struct check *c = all->t->c;
	const struct copy *copy = h->copy;
	struct tokens own, kernel;
	size_t own_file, kernel_file, at;
	char place[512], old_place[512];

	copy_places(all->t, copy, place, old_place, sizeof(place));
	if (!read_text(texts, c->kernel_source, old_place, copy->old_name, &kernel, &kernel_file))
		return;
	all->source = true;
	if (!read_text(texts, c->patch_source, place, copy->name, &own, &own_file))
		return;
	at = tokens_compare(&own, &kernel, copies_meant, all->copies);
	if (at == own.n && at == kernel.n) {
		h->verdict = compare_macros(&own, &texts->t[own_file].file,
					    &texts->t[kernel_file].file, all->copies, &h->why);
		return;
	}
	/* With preprocessor directives, different texts may still become the same code. */
	if (own.directives || kernel.directives || at >= own.n || at >= kernel.n)
		return;
	h->verdict = HELPER_OTHER;
	h->why = xasprintf("line %zu has '%.*s' where the kernel's has '%.*s' in line %zu",
			   own.t[at].line, (int)own.t[at].len, own.t[at].text,
			   (int)kernel.t[at].len, kernel.t[at].text, kernel.t[at].line);
}

void helpers_by_text(struct helpers *all)
{
	struct texts texts = {0};

	for (size_t i = 0; i < all->n; i++) {
		if (all->h[i].verdict == HELPER_UNCLEAR)
			compare(all, &texts, &all->h[i]);
	}
	for (size_t i = 0; i < texts.n; i++) {
		free(texts.t[i].path);
		if (texts.t[i].there)
			token_file_close(&texts.t[i].file);
	}
	free(texts.t);
}
