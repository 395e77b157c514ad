// SPDX-License-Identifier: GPL-2.0-only
/* The facts that klpdiff prints: see diff/report.h. */
#include "diff/report.h"

#include "diff/symtab.h"
#include "symbols/functions.h"

static void report_changed(const struct diff *d, FILE *out)
{
	for (size_t i = 0; i < d->is.n; i++) {
		const struct piece *x = &d->is.piece[i];

		if (d->fate[i] == FATE_REPLACE)
			fprintf(out, "replace %s " REPLACES "%s %s\n", x->name, x->name, d->why[i]);
		else if (d->fate[i] == FATE_CARRY && !function_is_cold(x->name))
			fprintf(out, "carry %s %s\n", x->name, d->why[i]);
	}
}

static void report_new(const struct diff *d, const struct selection *s, FILE *out)
{
	for (size_t i = 0; i < d->is.n; i++) {
		const struct piece *x = &d->is.piece[i];

		if (s->in[i] && d->fate[i] == FATE_NEW && x->identity && !function_is_cold(x->name))
			fprintf(out, "new %s\n", x->name);
	}
}

static void report_gone(const struct diff *d, FILE *out)
{
	for (size_t i = 0; i < d->was.n; i++) {
		const struct piece *x = &d->was.piece[i];

		if (x->kind == PIECE_CODE && d->was_pair[i] == NO_PIECE && x->name &&
		    !function_is_cold(x->name))
			fprintf(out, "gone %s\n", x->name);
	}
}

void diff_report(const struct diff *d, const struct selection *s, const char *path,
		 const char *object, FILE *out)
{
	fprintf(out, "path %s\nobject %s\n", path, object);
	report_changed(d, out);
	if (s)
		report_new(d, s, out);
	report_gone(d, out);
}
