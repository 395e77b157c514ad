// SPDX-License-Identifier: GPL-2.0-only
/* What a copied function needs, as lines: see resolve/needs_text.h. */
#include "resolve/needs_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "same/code_refs.h"

/* What is said of them all, each kind together. */
struct needs_lines {
	char *headers, *known, *declare, *copy;
};

static bool is_builtin(const char *name)
{
	return str_starts(name, "__builtin_") || str_starts(name, "__fentry__");
}

static void describe(struct advice_unit *u, const struct source *source, const struct def *def,
		     const char *prefix, struct needs_lines *l)
{
	struct advice a;
	char *word;

	if (is_builtin(def->name) || !advice_of_name(u, def->name, &a))
		return;
	if (a.kind == ADVICE_HEADER) {
		word = xasprintf(" %s", a.text);
		if (!l->headers || !strstr(l->headers, word))
			xappend(&l->headers, "%s", word);
		free(word);
	} else if (source && source_line_of(source, def->name)) {
		xappend(&l->known, "%s%s", l->known ? ", " : " ", def->name);
	} else if (a.kind == ADVICE_DECLARE) {
		char *text = text_wrap(prefix, a.text);

		xappend(&l->declare, "%s", text);
		free(text);
	} else {
		char *line = xasprintf("%s: %s%s", def->name,
				       a.kind == ADVICE_COPY ? "copy it from " : "", a.text);
		char *text = a.kind == ADVICE_TRACE ? text_wrap(prefix, line) : NULL;

		if (text)
			xappend(&l->copy, "%s", text);
		else
			xappend(&l->copy, "\n%s%s", prefix, line);
		free(text);
		free(line);
	}
	advice_free(&a);
}

/* Takes a list of words. */
static void add_list(char **ret, const char *prefix, const char *what, char *words)
{
	char *line = words ? xasprintf("%s%s", what, words) : NULL;
	char *wrapped = line ? text_wrap(prefix, line) : NULL;

	if (wrapped)
		xappend(ret, "%s", wrapped);
	free(wrapped);
	free(line);
	free(words);
}

static char *tell(struct advice_unit *u, const struct source *source, const struct needs *needs,
		  const char *prefix)
{
	struct needs_lines l = {0};
	char *ret = NULL;

	for (size_t i = 0; i < needs->n; i++)
		describe(u, source, needs->def[i], prefix, &l);
	add_list(&ret, prefix, "headers:", l.headers);
	if (source)
		add_list(&ret, prefix, "named in the patch already:", l.known);
	xappend(&ret, "%s%s", l.declare ? l.declare : "", l.copy ? l.copy : "");
	free(l.declare);
	free(l.copy);
	if (!code_refs_known(&u->code))
		xappend(&ret,
			"\n%sits variables are not listed: this architecture's code does not tell",
			prefix);
	if (!ret[0]) {
		free(ret);
		return NULL;
	}
	return ret;
}

int needs_of(struct advice_unit *u, const struct source *source, const struct def *def,
	     const char *prefix, char **ret)
{
	struct needs needs;

	*ret = NULL;
	if (needs_find(u, def, &needs))
		return -1;
	*ret = tell(u, source, &needs, prefix);
	needs_free(&needs);
	return 0;
}
