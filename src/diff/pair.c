// SPDX-License-Identifier: GPL-2.0-only
/* Pairs of pieces: see diff/pair.h. */
#include "diff/pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "diff/equal.h"

/* The pieces of a file that have an identity, by that, then by place. */
struct list {
	const struct pieces *p;
	size_t *piece;
	size_t n;
};

static int by_identity(const void *a, const void *b, void *arg)
{
	const struct list *l = arg;
	const struct piece *x = &l->p->piece[*(const size_t *)a],
			   *y = &l->p->piece[*(const size_t *)b];

	return ORDER(x->kind, y->kind) ?: strcmp(x->identity, y->identity) ?: ORDER(x, y);
}

static void make_list(struct list *l, const struct pieces *p)
{
	l->p = p;
	l->n = 0;
	l->piece = xcalloc(p->n, sizeof(*l->piece));
	for (size_t i = 0; i < p->n; i++) {
		if (p->piece[i].identity)
			l->piece[l->n++] = i;
	}
	if (l->n)
		qsort_r(l->piece, l->n, sizeof(*l->piece), by_identity, l);
}

static int compare_identity(const struct piece *x, const struct piece *y)
{
	return ORDER(x->kind, y->kind) ?: strcmp(x->identity, y->identity);
}

/* How many pieces, from number i of the list, share one identity. */
static size_t group(const struct list *l, size_t i)
{
	size_t n = 1;

	while (i + n < l->n &&
	       !compare_identity(&l->p->piece[l->piece[i]], &l->p->piece[l->piece[i + n]]))
		n++;
	return n;
}

static void pair(struct diff *d, size_t was, size_t is)
{
	d->was_pair[was] = is;
	d->is_pair[is] = was;
}

/*
 * A constant within a function is used by that function alone, and which constant it is shows in
 * nothing but its contents: where these differ, the patch has one of its own.
 */
static bool needs_equal(const struct diff *d, size_t was)
{
	return d->was.piece[was].function && piece_is_constant(&d->was, was);
}

static void pair_equal(struct diff *d, const size_t *was, size_t was_n, const size_t *is,
		       size_t is_n)
{
	for (size_t i = 0; i < is_n; i++) {
		for (size_t w = 0; w < was_n && d->is_pair[is[i]] == NO_PIECE; w++) {
			if (d->was_pair[was[w]] == NO_PIECE && diff_equal(d, was[w], is[i]))
				pair(d, was[w], is[i]);
		}
	}
}

static void pair_in_order(struct diff *d, const size_t *was, size_t was_n, const size_t *is,
			  size_t is_n)
{
	size_t w = 0;

	for (size_t i = 0; i < is_n; i++) {
		if (d->is_pair[is[i]] != NO_PIECE)
			continue;
		while (w < was_n && d->was_pair[was[w]] != NO_PIECE)
			w++;
		if (w < was_n && !needs_equal(d, was[w]))
			pair(d, was[w], is[i]);
	}
}

typedef void pair_fn(struct diff *d, const size_t *was, size_t was_n, const size_t *is,
		     size_t is_n);

/* Calls fn for each identity that both files have; single: where it is unique, or where it is not.
 */
static void each_group(struct diff *d, const struct list *was, const struct list *is, bool single,
		       pair_fn *fn)
{
	for (size_t w = 0, i = 0; w < was->n && i < is->n;) {
		size_t wn = group(was, w), in = group(is, i);
		int order =
			compare_identity(&d->was.piece[was->piece[w]], &d->is.piece[is->piece[i]]);
		bool unique = wn == 1 && in == 1 && !needs_equal(d, was->piece[w]);

		if (!order && unique == single)
			fn(d, was->piece + w, wn, is->piece + i, in);
		w += order <= 0 ? wn : 0;
		i += order >= 0 ? in : 0;
	}
}

void diff_pair(struct diff *d)
{
	struct list was, is;

	make_list(&was, &d->was);
	make_list(&is, &d->is);
	each_group(d, &was, &is, true, pair_in_order);
	each_group(d, &was, &is, false, pair_equal);
	each_group(d, &was, &is, false, pair_in_order);
	free(was.piece);
	free(is.piece);
}
