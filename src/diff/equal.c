// SPDX-License-Identifier: GPL-2.0-only
/* Comparing pieces: see diff/equal.h. */
#include "diff/equal.h"

#include <string.h>

#include "base/util.h"
#include "diff/sections.h"
#include "operand/operand.h"

static const struct elf_section *section_of(const struct pieces *p, const struct piece *x)
{
	return &p->elf->sec[x->section];
}

/* The bytes of a piece; NULL when it has none (NOBITS), or when they cannot be read. */
static const unsigned char *bytes_of(const struct pieces *p, const struct piece *x)
{
	const unsigned char *data;
	size_t size;

	if (elf_file_bytes(p->elf, x->section, &data, &size) || !data || x->end > size)
		return NULL;
	return data + x->start;
}

/* Is a byte of an entry in a bug table that says in which line of which file a warning is? */
static bool is_line(const struct diff *d, const struct piece *x, uint64_t offset)
{
	const struct code_table *bugs = &d->tables->t[TABLE_BUGS];

	if (strcmp(section_of(&d->is, x)->name, code_table_name(d->tables, TABLE_BUGS)) != 0)
		return false;
	return (bugs->file && offset >= bugs->file && offset < bugs->file + 4) ||
	       (bugs->line && offset >= bugs->line && offset < bugs->line + 2);
}

/* The bits of a byte that a relocation writes. */
static unsigned char relocated(const struct pieces *p, const struct piece *x,
			       const unsigned char *bytes, uint64_t offset)
{
	unsigned char bits = 0;

	for (size_t i = x->ref; i < x->ref + x->refs; i++) {
		const struct piece_ref *r = &p->ref[i];
		const struct arch_reloc *type = arch_reloc_by_type(p->arch, r->type);
		uint64_t at = r->offset - x->start;
		struct operand operand;

		if (at > offset || offset - at >= (type ? type->size : 1u))
			continue;
		if (!type || x->end - x->start - at < type->size ||
		    !operand_read(p->arch, r->type, bytes + at, 0, &operand))
			return 0xff;
		bits |= (unsigned char)(operand.field >> 8 * (offset - at));
	}
	return bits;
}

static bool equal_bytes(const struct diff *d, const struct piece *was, const struct piece *is)
{
	const unsigned char *a = bytes_of(&d->was, was), *b = bytes_of(&d->is, is);
	uint64_t size = was->end - was->start;

	if (!a || !b)
		return !a && !b;
	for (uint64_t i = 0; i < size; i++) {
		if (((a[i] ^ b[i]) & ~relocated(&d->is, is, b, i)) && !is_line(d, is, i))
			return false;
	}
	return true;
}

/* The name of another file's symbol. */
static const char *symbol_name(const struct pieces *p, const struct piece_ref *r)
{
	struct elf_symbol sym;

	elf_file_symbol(p->elf, r->symbol, &sym);
	return sym.name;
}

static bool equal_refs(struct diff *d, const struct piece_ref *was, const struct piece_ref *is)
{
	if (was->type != is->type || was->tail != is->tail || was->to != is->to)
		return false;
	if (was->piece == NO_PIECE || is->piece == NO_PIECE)
		return was->piece == is->piece &&
		       !strcmp(symbol_name(&d->was, was), symbol_name(&d->is, is));
	if (d->was.piece[was->piece].identity || d->is.piece[is->piece].identity)
		return d->was_pair[was->piece] == is->piece;
	return diff_equal(d, was->piece, is->piece);
}

static bool equal_contents(struct diff *d, const struct piece *was, const struct piece *is)
{
	if (was->kind != is->kind || was->end - was->start != is->end - is->start ||
	    was->refs != is->refs ||
	    (section_of(&d->was, was)->shdr.sh_flags & ~(GElf_Xword)SHF_GROUP) !=
		    (section_of(&d->is, is)->shdr.sh_flags & ~(GElf_Xword)SHF_GROUP) ||
	    section_of(&d->was, was)->shdr.sh_type != section_of(&d->is, is)->shdr.sh_type ||
	    !equal_bytes(d, was, is))
		return false;
	for (size_t i = 0; i < was->refs; i++) {
		const struct piece_ref *a = &d->was.ref[was->ref + i];
		const struct piece_ref *b = &d->is.ref[is->ref + i];

		if (a->offset - was->start != b->offset - is->start)
			return false;
		if (!is_line(d, is, b->offset - is->start) && !equal_refs(d, a, b))
			return false;
	}
	return true;
}

/* The next entry, of a table in which a difference counts; NULL at the end. */
static const size_t *next_entry(const struct pieces *p, const size_t **at, size_t *n)
{
	while (*n) {
		const size_t *entry = (*at)++;

		--*n;
		if (!section_is_noise(section_of(p, &p->piece[*entry])))
			return entry;
	}
	return NULL;
}

static bool equal_entries(struct diff *d, size_t was, size_t is)
{
	const size_t *a, *b, *x, *y;
	size_t an = pieces_entries(&d->was, was, &a), bn = pieces_entries(&d->is, is, &b);

	for (;;) {
		x = next_entry(&d->was, &a, &an);
		y = next_entry(&d->is, &b, &bn);
		if (!x || !y)
			return !x && !y;
		if (strcmp(section_of(&d->was, &d->was.piece[*x])->name,
			   section_of(&d->is, &d->is.piece[*y])->name) != 0 ||
		    !equal_contents(d, &d->was.piece[*x], &d->is.piece[*y]))
			return false;
	}
}

bool diff_equal(struct diff *d, size_t was, size_t is)
{
	size_t tried = d->tried[is];
	bool equal;

	/* They refer to each other: whether they are equal is decided where this began. */
	if (tried == was)
		return true;
	d->tried[is] = was;
	equal = equal_contents(d, &d->was.piece[was], &d->is.piece[is]) &&
		equal_entries(d, was, is);
	d->tried[is] = tried;
	return equal;
}
