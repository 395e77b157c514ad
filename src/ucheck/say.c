// SPDX-License-Identifier: GPL-2.0-only
/* What the passes share: see ucheck/check.h. */
#include <stdlib.h>
#include <string.h>

#include "ucheck/check.h"

static bool is_waived(const struct ucheck *c)
{
	for (size_t i = 0; i < c->allows; i++) {
		if (!strcmp(c->allow[i], c->now->name))
			return true;
	}
	return patch_file_waives(c->p, c->now->name);
}

void ucheck_bad(const struct ucheck *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	if (!c->now->waivable)
		error("'%s': %s", c->p->path, text);
	else if (is_waived(c))
		waived("'%s': %s: %s", c->p->path, c->now->name, text);
	else
		error("'%s': %s: %s\n  to accept this, pass --allow=%s", c->p->path, c->now->name,
		      text, c->now->name);
	free(text);
}

void ucheck_looked(const struct ucheck *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (!c->verbose)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	printf("%s: %s\n", c->now->name, text);
	free(text);
}

const struct ucheck_func *ucheck_replaced(const struct ucheck *c, const struct ucheck_target *t,
					  uint64_t addr)
{
	for (size_t i = 0; i < c->p->func_count; i++) {
		if (c->func[i].target == t && c->func[i].is->addr == addr)
			return &c->func[i];
	}
	return NULL;
}
