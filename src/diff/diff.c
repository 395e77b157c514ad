// SPDX-License-Identifier: GPL-2.0-only
/* A file compiled twice: see diff/diff.h. */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "diff/identity.h"

static size_t *nothing(size_t n)
{
	size_t *ret = xcalloc(n, sizeof(*ret));

	for (size_t i = 0; i < n; i++)
		ret[i] = NO_PIECE;
	return ret;
}

int diff_open(struct diff *d, const char *was, const char *is, const struct arch *arch,
	      const struct code_tables *tables)
{
	memset(d, 0, sizeof(*d));
	d->tables = tables;
	if (pieces_read(&d->was, was, arch, tables) || pieces_read(&d->is, is, arch, tables) ||
	    identities_read(&d->was) || identities_read(&d->is))
		return -1;
	d->was_pair = nothing(d->was.n);
	d->is_pair = nothing(d->is.n);
	d->tried = nothing(d->is.n);
	d->fate = xcalloc(d->is.n, sizeof(*d->fate));
	d->why = xcalloc(d->is.n, sizeof(*d->why));
	return 0;
}

void diff_close(struct diff *d)
{
	for (size_t i = 0; d->why && i < d->is.n; i++)
		free(d->why[i]);
	free(d->why);
	types_free(&d->was_types);
	types_free(&d->is_types);
	free(d->fate);
	free(d->was_pair);
	free(d->is_pair);
	free(d->tried);
	pieces_free(&d->was);
	pieces_free(&d->is);
}

bool piece_is_constant(const struct pieces *p, size_t piece)
{
	const struct piece *x = &p->piece[piece];

	return x->kind == PIECE_DATA && !(p->elf->sec[x->section].shdr.sh_flags & SHF_WRITE);
}
