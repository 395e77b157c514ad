// SPDX-License-Identifier: GPL-2.0-only
/* The facts that klpdiff prints: see diff/report.h. */
#include "diff/report.h"

#include "base/strmap.h"
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

static void report_notes(const struct selection *s, FILE *out)
{
	if (!s->asked.n)
		return;
	fprintf(out,
		"note tracepoints of the module are asked each time, not switched on and off:");
	for (size_t i = 0; i < s->asked.n; i++)
		fprintf(out, " %s", s->asked.t[i].name);
	fprintf(out, "\n");
}

/* What the original file calls the symbol that is undefined in the cut object by another name. */
static void report_name(const struct selection *s, const char *undefined, const char *name,
			struct strmap *said, FILE *out)
{
	if (!name || !name[0] || strmap_get(said, undefined) ||
	    tracepoints_call(&s->asked, name) != name)
		return;
	strmap_add(said, undefined, 0);
	fprintf(out, "kernel %s %s\n", undefined, name);
}

static void report_kernels(const struct diff *d, const struct selection *s, FILE *out)
{
	struct strmap said = {0};

	for (size_t i = 0; i < d->is.n; i++) {
		const struct piece *x = &d->is.piece[i];

		for (size_t r = x->ref; s->in[i] && r < x->ref + x->refs; r++) {
			size_t to = d->is.ref[r].piece;
			struct elf_symbol sym;

			elf_file_symbol(d->is.elf, d->is.ref[r].symbol, &sym);
			if (to == NO_PIECE && sym.shndx == SHN_UNDEF)
				report_name(s, selection_name(s, sym.name), sym.name, &said, out);
			else if (to != NO_PIECE && !s->in[to] && s->outside[to])
				report_name(s, s->outside[to], d->was.piece[d->is_pair[to]].name,
					    &said, out);
		}
	}
	strmap_free(&said);
}

void diff_report(const struct diff *d, const struct selection *s, const struct original *o,
		 FILE *out)
{
	fprintf(out, "path %s\nobject %s\n", o->source.tag, o->scope->object->name);
	for (size_t i = 0; i < o->alsos; i++)
		fprintf(out, "also %s\n", o->also[i]);
	report_changed(d, out);
	if (s)
		report_new(d, s, out);
	report_gone(d, out);
	if (s) {
		report_notes(s, out);
		report_kernels(d, s, out);
	}
}
