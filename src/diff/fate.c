// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of changed functions: see diff/fate.h. */
#include "diff/fate.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "diff/equal.h"
#include "diff/prototype.h"
#include "diff/sections.h"
#include "symbols/functions.h"

struct fates {
	struct diff *d;
	const char *path;
	unpatchable_fn *unpatchable;
	void *arg;
	size_t *queue; /* changed functions whose fate is not decided */
	size_t n, cap, done;
	bool *queued; /* by piece */
};

/* Takes over why. */
static void changed(struct fates *f, size_t piece, char *why)
{
	if (f->queued[piece]) {
		free(why);
		return;
	}
	f->queued[piece] = true;
	f->d->why[piece] = why;
	GROW(f->queue, f->n, f->cap);
	f->queue[f->n++] = piece;
}

/* A reference in this piece counts for that one: an entry's for the code that it is about. */
static size_t user_of(const struct pieces *p, size_t piece)
{
	if (p->piece[piece].kind == PIECE_ENTRY && p->piece[piece].about != NO_PIECE)
		return p->piece[piece].about;
	return piece;
}

/* Data of the kernel that has the address of code: what calls it from there cannot be replaced. */
static void refuse_data_user(const struct fates *f, size_t user, size_t piece, const char *because)
{
	error("%s: '%s' cannot be replaced by itself, and '%s' has its address: %s\n"
	      "  leave its prototype as it is, or change the functions that are called with that "
	      "address",
	      f->path, piece_name(&f->d->is, piece), piece_name(&f->d->is, user), because);
}

/* Who uses a carried function becomes changed; how many these are. */
static size_t change_users(struct fates *f, size_t piece, const char *because)
{
	const struct pieces *p = &f->d->is;
	size_t users = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct piece *x = &p->piece[i];
		size_t user = user_of(p, i);

		for (size_t r = x->ref; r < x->ref + x->refs; r++) {
			if (p->ref[r].piece != piece || user == piece)
				continue;
			if (p->piece[user].kind == PIECE_CODE) {
				changed(f, user,
					xasprintf("it uses '%s', which changes and cannot be "
						  "replaced by itself: %s",
						  piece_name(p, piece), because));
				users++;
			} else if (p->piece[user].kind == PIECE_DATA &&
				   f->d->is_pair[user] != NO_PIECE &&
				   section_kind(&p->elf->sec[p->piece[user].section]) ==
					   SECTION_DATA) {
				refuse_data_user(f, user, piece, because);
				users++;
			}
			break;
		}
	}
	return users;
}

static void carry(struct fates *f, size_t piece, const char *because)
{
	const struct pieces *p = &f->d->is;

	f->d->fate[piece] = FATE_CARRY;
	if (p->piece[piece].global) {
		error("%s: '%s' cannot be replaced by itself: %s\n"
		      "  other files may call it, and would go on calling the old one: leave it as it "
		      "is, and change its callers, or give the new one another name",
		      f->path, piece_name(p, piece), because);
		return;
	}
	if (!change_users(f, piece, because))
		error("%s: '%s' cannot be replaced: %s, and no function of the file that uses it can "
		      "be replaced in its place",
		      f->path, piece_name(p, piece), because);
}

static void decide(struct fates *f, size_t piece)
{
	struct diff *d = f->d;
	const struct piece *x = &d->is.piece[piece];
	const char *because = NULL;
	const char *prototype;
	size_t whole = pieces_whole(&d->is, piece);

	if (d->is_pair[piece] == NO_PIECE)
		return;
	if (piece_is_init(&d->is, x)) {
		/* It has run, or will only when a module goes: nothing is left to change. */
		d->fate[piece] = FATE_SAME;
		warning("%s: '%s' changes, and runs only when the kernel or its module starts or "
			"ends: the patch leaves it out",
			f->path, x->name);
		return;
	}
	if (whole != NO_PIECE) {
		d->fate[piece] = FATE_CARRY;
		changed(f, whole, xasprintf("its part '%s' differs", x->name));
		return;
	}
	prototype = prototype_change(d, d->is_pair[piece], piece);
	if (function_is_clone(x->name))
		because = "the compiler made it of a function, and decides what its arguments are";
	else if (prototype)
		because = prototype;
	else
		because = f->unpatchable(d->is_pair[piece], f->arg);
	if (because)
		carry(f, piece, because);
	else
		d->fate[piece] = FATE_REPLACE;
}

/* Cold parts go with their functions, whether they differ or not. */
static void take_cold(struct diff *d)
{
	for (size_t i = 0; i < d->is.n; i++) {
		size_t whole =
			d->is.piece[i].kind == PIECE_CODE ? pieces_whole(&d->is, i) : NO_PIECE;

		if (whole != NO_PIECE &&
		    (d->fate[whole] == FATE_REPLACE || d->fate[whole] == FATE_CARRY))
			d->fate[i] = FATE_CARRY;
	}
}

/*
 * What only the kernel's own build can make or change: an export, a parameter, what runs or is read
 * while it boots.
 */
static void note_kernels(const struct fates *f, size_t piece)
{
	const struct pieces *p = &f->d->is;
	const struct piece *x = &p->piece[piece];

	if (x->kind == PIECE_DATA && x->identity &&
	    section_kind(&p->elf->sec[x->section]) == SECTION_KERNELS)
		warning("%s: '%s', in section '%s', %s: a livepatch cannot have that, and the patch "
			"leaves it out",
			f->path, x->name, p->elf->sec[x->section].name,
			f->d->is_pair[piece] == NO_PIECE ? "is new" : "changes");
}

static void refuse_data(const struct fates *f, size_t piece)
{
	const struct pieces *p = &f->d->is;
	enum section_kind kind = section_kind(&p->elf->sec[p->piece[piece].section]);
	const struct piece *was = &f->d->was.piece[f->d->is_pair[piece]];
	const struct piece *is = &p->piece[piece];

	if (kind != SECTION_DATA) {
		note_kernels(f, piece);
		return;
	}
	error("%s: '%s' exists in the kernel, and its %s changes: a livepatch cannot change data "
	      "that is there\n"
	      "  set it in a callback (pre_patch), or keep what is new in a shadow variable "
	      "(<linux/livepatch.h>)",
	      f->path, piece_name(p, piece),
	      was->end - was->start != is->end - is->start ? "size" : "initial value");
}

void diff_fates(struct diff *d, const char *path, unpatchable_fn *unpatchable, void *arg)
{
	struct fates f = {.d = d, .path = path, .unpatchable = unpatchable, .arg = arg};

	f.queued = xcalloc(d->is.n, sizeof(*f.queued));
	for (size_t i = 0; i < d->is.n; i++) {
		const struct piece *x = &d->is.piece[i];

		if (d->is_pair[i] == NO_PIECE) {
			d->fate[i] = FATE_NEW;
			note_kernels(&f, i);
			continue;
		}
		if (diff_equal(d, d->is_pair[i], i))
			continue;
		if (x->kind == PIECE_CODE)
			changed(&f, i, xstrdup("its code differs"));
		else
			refuse_data(&f, i);
	}
	for (; f.done < f.n; f.done++)
		decide(&f, f.queue[f.done]);
	take_cold(d);
	free(f.queue);
	free(f.queued);
}

bool diff_is_empty(const struct diff *d)
{
	for (size_t i = 0; i < d->is.n; i++) {
		const struct piece *x = &d->is.piece[i];

		if (d->fate[i] == FATE_REPLACE || d->fate[i] == FATE_CARRY ||
		    (d->fate[i] == FATE_NEW && x->global && !piece_is_init(&d->is, x)))
			return false;
	}
	return true;
}
