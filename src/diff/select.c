// SPDX-License-Identifier: GPL-2.0-only
/* Which pieces are needed: see diff/select.h. */
#include "diff/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "diff/sections.h"
#include "klp/format.h"
#include "symbols/functions.h"

/* include/linux/export.h; scripts/mod/modpost.c, add_header(): each module has its own. */
#define THIS_MODULE "__this_module"

struct selector {
	struct selection *s;
	struct diff *d;
	struct original *o;
	const char *path;
	size_t *queue;
	size_t n, cap;
};

static void include(struct selector *s, size_t piece)
{
	if (s->s->in[piece])
		return;
	s->s->in[piece] = true;
	GROW(s->queue, s->n, s->cap);
	s->queue[s->n++] = piece;
}

static enum section_kind kind_of(const struct selector *s, const struct piece *x)
{
	return section_kind(&s->d->is.elf->sec[x->section]);
}

/* How klpsyms finds a clone, which debug information does not know; NULL: it cannot be told. */
static char *clone_name(struct selector *s, size_t was)
{
	const char *name = s->d->was.piece[was].name;
	const struct ksym *sym;
	size_t position;
	bool several;

	sym = origin_symbol(s->o, was, &several);
	if (!sym || !origin_position(s->o, sym, &position))
		return NULL;
	return xasprintf(".klp.symbol:%s:%s:%zu", s->o->scope->object->name, name, position);
}

/* "NAME" of "FUNCTION:NAME", how klpsyms finds a static variable of a function. */
static char *local_name(const struct selector *s, size_t was)
{
	const struct piece *x = &s->d->was.piece[was];
	size_t same = 0;

	for (size_t i = 0; i < s->d->was.n; i++)
		same += s->d->was.piece[i].identity &&
			!strcmp(s->d->was.piece[i].identity, x->identity);
	return same == 1
		       ? xasprintf(".klp.local:%s", x->identity)
		       : xasprintf(".klp.local:%s:%llu", x->identity, (unsigned long long)x->line);
}

/* What a piece is called that stays the kernel's. False when there is no telling. */
static bool name_outside(struct selector *s, size_t piece)
{
	size_t was = s->d->is_pair[piece];
	const struct piece *x = &s->d->was.piece[was];

	if (s->s->outside[piece])
		return true;
	if (x->kind == PIECE_CODE && function_is_clone(x->name))
		s->s->outside[piece] = clone_name(s, was);
	else
		s->s->outside[piece] = x->function ? local_name(s, was) : xstrdup(x->name);
	return s->s->outside[piece];
}

static void refuse(const struct selector *s, size_t from, size_t to, const char *what,
		   const char *way_out)
{
	error("%s: '%s' uses '%s', %s\n  %s", s->path, piece_name(&s->d->is, from),
	      piece_name(&s->d->is, to), what, way_out);
}

/* A piece that one of the patch refers to. */
static void follow(struct selector *s, size_t from, size_t to)
{
	const struct piece *x = &s->d->is.piece[to];
	enum fate fate = s->d->fate[to];

	/* A clone that cannot be found is copied: its code is the same. */
	if (s->d->is_pair[to] != NO_PIECE && fate == FATE_SAME) {
		if (!name_outside(s, to))
			include(s, to);
		return;
	}
	if (x->kind == PIECE_CODE && piece_is_init(&s->d->is, x))
		refuse(s, from, to, "which the kernel frees once it has started",
		       "a livepatch is loaded later: do that in a callback, or in the patch's own code");
	else if (kind_of(s, x) == SECTION_KERNELS ||
		 (x->kind == PIECE_DATA && piece_is_init(&s->d->is, x)))
		refuse(s, from, to, "which is new, and which only the kernel's own build can make",
		       "a livepatch has no exports, parameters, init calls or tracepoints of its own: "
		       "leave it out");
	else
		include(s, to);
}

/* Of these only pointers can be had in another way: cut_write(). */
static void check_runtime(const struct selector *s, size_t piece, const struct elf_section *table)
{
	if (section_runtime_variable(table) && s->d->is.arch->code.load_constant)
		return;
	error("%s: '%s' has a number that the kernel writes into its own code while it boots "
	      "('%s'), and not into that of modules\n"
	      "  write the function by hand, in a file with the tag: there the headers take the "
	      "number from its variable",
	      s->path, piece_name(&s->d->is, piece), table->name);
}

/* What tables say of a piece comes with it. */
static void take_entries(struct selector *s, size_t piece)
{
	const struct pieces *p = &s->d->is;
	const size_t *entry;
	size_t n = pieces_entries(p, piece, &entry);

	for (size_t i = 0; i < n; i++) {
		const struct elf_section *table = &p->elf->sec[p->piece[entry[i]].section];

		if (section_is_runtime(table))
			check_runtime(s, piece, table);
		else if (!tracepoints_take(&s->s->asked, s->d, s->o, entry[i]))
			include(s, entry[i]);
	}
}

static void take(struct selector *s, size_t piece)
{
	const struct pieces *p = &s->d->is;
	const struct piece *x = &p->piece[piece];

	for (size_t i = x->ref; i < x->ref + x->refs; i++) {
		if (!p->ref[i].type)
			error("%s: '%s' has a short branch to another function of section '%s', "
			      "which cannot be cut out",
			      s->path, piece_name(p, piece), p->elf->sec[x->section].name);
		if (p->ref[i].piece != NO_PIECE && p->piece[p->ref[i].piece].kind == PIECE_CODE &&
		    !pieces_holds(p, &p->ref[i]))
			error("%s: '%s' refers to code behind the functions of section '%s', which "
			      "cannot be cut out: it may belong to any of them",
			      s->path, piece_name(p, x->about != NO_PIECE ? x->about : piece),
			      p->elf->sec[p->piece[p->ref[i].piece].section].name);
		if (p->ref[i].piece != NO_PIECE && p->ref[i].piece != piece)
			follow(s, piece, p->ref[i].piece);
	}
	if (x->kind != PIECE_ENTRY)
		take_entries(s, piece);
}

/*
 * A section that nobody knows, with an entry about replaced code: a table of a newer kernel, which
 * would be left out without a word.
 */
static void refuse_unknown(struct selector *s)
{
	const struct pieces *p = &s->d->is;

	for (size_t i = 0; i < p->n; i++) {
		const struct piece *x = &p->piece[i];
		const char *name = p->elf->sec[x->section].name;

		if (s->s->in[i] || x->kind != PIECE_DATA || x->name ||
		    section_kind(&p->elf->sec[x->section]) != SECTION_DATA ||
		    str_starts(name, ".data") || str_starts(name, ".rodata") ||
		    str_starts(name, ".bss"))
			continue;
		for (size_t r = x->ref; r < x->ref + x->refs; r++) {
			size_t to = p->ref[r].piece;

			if (to == NO_PIECE || !s->s->in[to] || p->piece[to].kind != PIECE_CODE)
				continue;
			error("%s: section '%s' says something about '%s', and klpmake does not know "
			      "that section: what it says would be lost",
			      s->path, name, piece_name(p, to));
			break;
		}
	}
}

static bool is_root(const struct diff *d, size_t i)
{
	const struct piece *x = &d->is.piece[i];
	enum section_kind kind = section_kind(&d->is.elf->sec[x->section]);

	if (d->fate[i] == FATE_REPLACE)
		return true;
	return d->fate[i] == FATE_NEW && x->name && x->global && !piece_is_init(&d->is, x) &&
	       (kind == SECTION_CODE || kind == SECTION_DATA);
}

int selection_make(struct selection *sel, struct diff *d, struct original *o, const char *path)
{
	struct selector s = {.s = sel, .d = d, .o = o, .path = path};
	unsigned int errors = error_count();

	sel->in = xcalloc(d->is.n, sizeof(*sel->in));
	sel->outside = xcalloc(d->is.n, sizeof(*sel->outside));
	if (o->scope->object->module)
		sel->this_module =
			xasprintf(".klp.symbol:%s:" THIS_MODULE ":0", o->scope->object->name);
	for (size_t i = 0; i < d->is.n; i++) {
		if (is_root(d, i))
			include(&s, i);
	}
	for (size_t i = 0; i < s.n; i++)
		take(&s, s.queue[i]);
	refuse_unknown(&s);
	free(s.queue);
	return error_count() > errors ? -1 : 0;
}

const char *selection_name(const struct selection *s, const char *name)
{
	if (s->this_module && !strcmp(name, THIS_MODULE))
		return s->this_module;
	return tracepoints_call(&s->asked, name);
}

void selection_free(struct selection *s, const struct diff *d)
{
	for (size_t i = 0; s->outside && i < d->is.n; i++)
		free(s->outside[i]);
	free(s->outside);
	free(s->in);
	free(s->this_module);
	tracepoints_free(&s->asked);
}
