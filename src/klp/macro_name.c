// SPDX-License-Identifier: GPL-2.0-only
/* What the macros of <klpmake.h> leave in an object file: see klp/macro_name.h. */
#include "klp/macro_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"

#define LOCAL ".klp.local:"
#define OF_FILE ".klp.file:"
#define AT_POSITION ".klp.symbol:"
#define SUSE ".klp.sym.rela."

/*
 * The next part up to a separator, which is skipped; NULL when it is empty or has no separator
 * behind it.
 */
static char *part(const char **p, char separator)
{
	const char *end = separator ? strchr(*p, separator) : *p + strlen(*p);
	char *s;

	if (!end || end == *p)
		return NULL;
	s = xstrndup(*p, (size_t)(end - *p));
	*p = separator ? end + 1 : end;
	return s;
}

static bool number(const char *s, size_t *ret)
{
	char *end;

	*ret = s ? strtoul(s, &end, 10) : 0;
	return s && s[0] != '-' && end != s && !*end;
}

static bool parse_local(struct asm_name *n, const char *p)
{
	n->kind = NAME_STATIC_LOCAL;
	n->function = part(&p, ':');
	if (!strchr(p, ':')) {
		n->name = part(&p, '\0');
		return n->function && n->name;
	}
	n->name = part(&p, ':');
	return n->function && n->name && number(p, &n->line) && n->line;
}

static bool parse_of_file(struct asm_name *n, const char *p)
{
	n->kind = NAME_OF_FILE;
	n->object = part(&p, ':');
	n->file = part(&p, ':');
	n->name = part(&p, '\0');
	return n->object && n->file && n->name;
}

static bool parse_at_position(struct asm_name *n, const char *p)
{
	CLEANUP_FREE char *position = NULL;

	n->kind = NAME_AT_POSITION;
	n->object = part(&p, ':');
	n->name = part(&p, ':');
	position = part(&p, '\0');
	return n->object && n->name && number(position, &n->position);
}

/* .klp.sym.rela.LP_OBJ.SYM_OBJ.NAME,POSITION */
static bool parse_suse(struct asm_name *n, const char *p)
{
	CLEANUP_FREE char *position = NULL;

	n->kind = NAME_AT_POSITION;
	n->gate = part(&p, '.');
	n->object = part(&p, '.');
	n->name = part(&p, ',');
	position = part(&p, '\0');
	return n->gate && n->object && n->name && number(position, &n->position);
}

int asm_name_parse(struct asm_name *n, const char *link_name, const char *where)
{
	static const struct {
		const char *mark;
		bool (*parse)(struct asm_name *n, const char *p);
	} forms[] = {
		{LOCAL, parse_local},
		{OF_FILE, parse_of_file},
		{AT_POSITION, parse_at_position},
		{SUSE, parse_suse},
	};
	const char *renamed = strstr(link_name, ASM_NAME_RENAMED);

	memset(n, 0, sizeof(*n));
	n->base = renamed ? xstrndup(link_name, (size_t)(renamed - link_name)) : xstrdup(link_name);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (!str_starts(n->base, forms[i].mark))
			continue;
		if (forms[i].parse(n, n->base + strlen(forms[i].mark)))
			return 0;
		error("%s: '%s' is not a name that a macro of <klpmake.h> makes: use the macro, "
		      "with plain names",
		      where, n->base);
		asm_name_free(n);
		return -1;
	}
	n->name = xstrdup(n->base);
	return 0;
}

/* "count" and "count.3" are what a compiler makes of "count". */
static bool is_numbered(const char *symbol, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(symbol, name, len) != 0)
		return false;
	return !symbol[len] || (symbol[len] == '.' && symbol[len + 1] &&
				!symbol[len + 1 + strspn(symbol + len + 1, "0123456789")]);
}

bool asm_name_is_local(const struct asm_name *n, const char *symbol)
{
	size_t len = strlen(n->function);

	return is_numbered(symbol, n->name) ||
	       (!strncmp(symbol, n->function, len) && symbol[len] == '.' &&
		is_numbered(symbol + len + 1, n->name));
}

void asm_name_free(struct asm_name *n)
{
	free(n->base);
	free(n->name);
	free(n->function);
	free(n->file);
	free(n->object);
	free(n->gate);
	memset(n, 0, sizeof(*n));
}
