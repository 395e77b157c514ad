// SPDX-License-Identifier: GPL-2.0-only
/* What the passes of klpcheck share: see check/say.h. */
#include "check/say.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool is_doubt(const struct check *c)
{
	return c->now && c->now->pass->waivable;
}

void bad(const struct check *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	if (c->now)
		c->now->findings++;
	if (!is_doubt(c))
		error("'%s': %s", c->mod->path, text);
	else if (c->now->allowed)
		waived("'%s': %s: %s", c->mod->path, c->now->pass->name, text);
	else
		error("'%s': %s: %s\n  to accept this, pass --allow=%s", c->mod->path,
		      c->now->pass->name, text, c->now->pass->name);
	free(text);
}

void odd(const struct check *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	warning("'%s': %s", c->mod->path, text);
	free(text);
}

void note(struct check *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	GROW(c->note, c->note_num, c->note_cap);
	if (is_doubt(c)) {
		c->note[c->note_num++] = xasprintf("%s: %s", c->now->pass->name, text);
		free(text);
	} else {
		c->note[c->note_num++] = text;
	}
}

void checked(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	c->now->checked = xvasprintf(fmt, ap);
	va_end(ap);
}

const char *scan_until(const char *s, char stop, size_t max, char *dst)
{
	size_t n = 0;

	while (n < max && s[n] && s[n] != stop) {
		dst[n] = s[n];
		n++;
	}
	dst[n] = '\0';
	return n ? s + n : NULL;
}

size_t check_symbol_at(const struct check *c, size_t section, uint64_t offset)
{
	struct elf_symbol s;
	const char *file;

	return elf_file_symbol_at(c->mod, section, offset, &s, &file) ? s.index : 0;
}

struct check_module *check_module(const struct check *c, const char *name)
{
	for (size_t i = 0; i < c->module_num; i++) {
		if (!strcmp(c->module[i].name, name))
			return &c->module[i];
	}
	return NULL;
}

const struct object *check_object(const struct check *c, const char *name)
{
	const struct check_module *m;

	if (!name || !strcmp(name, KLP_VMLINUX))
		return c->objects.n ? c->objects.obj[0] : NULL;
	m = check_module(c, name);
	return m ? m->object : NULL;
}
