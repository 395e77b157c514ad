// SPDX-License-Identifier: GPL-2.0-only
/* Taking DW_AT_producer apart: see dwarf/producer.h. */
#include "dwarf/producer.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Compilers by what stands before their version. */
static const struct {
	const char *mark, *name;
} compilers[] = {
	{"GNU C", "GNU C"},	     /* "GNU C11 12.2.0 -m64 ..." */
	{"clang version ", "clang"}, /* "Debian clang version 14.0.6" */
};

/* Cuts the text at blanks; the word at *p, which moves on, or NULL. */
static char *word(char **p)
{
	char *w;

	do {
		w = strsep(p, " ");
	} while (w && !*w);
	return w;
}

void producer_parse(struct producer *p, const char *text)
{
	char *rest, *w;

	memset(p, 0, sizeof(*p));
	p->text = rest = xstrdup(text);
	p->compiler = p->version = "";
	for (size_t i = 0; i < ARRAY_SIZE(compilers) && !*p->compiler; i++) {
		char *at = strstr(rest, compilers[i].mark);

		if (!at)
			continue;
		p->compiler = compilers[i].name;
		rest = at + strlen(compilers[i].mark);
	}
	/* The language's year ends at the blank: "GNU C" is not the whole word. */
	if (!strcmp(p->compiler, compilers[0].name))
		strsep(&rest, " ");
	while ((w = word(&rest))) {
		if (*w == '-') {
			GROW(p->flag, p->n, p->cap);
			/* Different releases of gcc write it in one way or the other. */
			p->flag[p->n++] = strcmp(w, "-pg") == 0 ? "-p" : w;
		} else if (!*p->version && *p->compiler) {
			p->version = w;
		}
	}
}

void producer_free(struct producer *p)
{
	free(p->text);
	free(p->flag);
}

/* "-fno-common" and "-fcommon", "-mno-sse" and "-msse": without the "no-". */
static size_t without_no(const char *flag, const char **rest)
{
	size_t len = flag[1] ? 2 : 0;

	*rest = flag + len;
	if (len && str_starts(*rest, "no-"))
		*rest += 3;
	return len;
}

static bool is_same_option(const char *a, const char *b)
{
	const char *rest_a, *rest_b;
	size_t len_a = without_no(a, &rest_a), len_b = without_no(b, &rest_b);

	return len_a == len_b && !strncmp(a, b, len_a) && !strcmp(rest_a, rest_b);
}

const char *producer_flag(const struct producer *p, const char *flag)
{
	size_t len = strlen(flag);

	for (size_t i = p->n; i-- > 0;) {
		if (len && flag[len - 1] == '=' ? str_starts(p->flag[i], flag)
						: is_same_option(p->flag[i], flag))
			return p->flag[i];
	}
	return "";
}
