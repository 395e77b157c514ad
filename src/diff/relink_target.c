// SPDX-License-Identifier: GPL-2.0-only
/* Where one reference leads, in the patched file and in the cut object: see diff/relink.h. */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "diff/relink.h"
#include "elf/relocs.h"
#include "klp/macro_name.h"

int relink_wrong(const struct relink *r, size_t section, uint64_t offset, char *what)
{
	error("'%s': at 0x%llx of the patched file's section '%s': %s\n"
	      "  klpdiff has cut this out wrongly, and nothing must be made of it: report it, with the "
	      "two object files",
	      r->path, (unsigned long long)offset, r->p->elf->sec[section].name, what);
	free(what);
	return -1;
}

size_t relink_names_from(const struct relink *r, uint64_t place)
{
	return COUNT_FIRST(i, r->names, r->name[i].place < place);
}

bool relink_target(const struct relink *r, const struct reloc *a, struct relink_target *ret)
{
	struct elf_symbol sym;

	elf_file_symbol(r->p->elf, a->symbol, &sym);
	*ret = (struct relink_target){.addend = a->addend};
	if (sym.special) {
		ret->undefined = sym.name;
		return sym.shndx == SHN_UNDEF && arch_reloc_by_type(r->p->arch, a->type);
	}
	ret->value = sym.sym.st_value + (uint64_t)a->addend;
	ret->named = GELF_ST_TYPE(sym.sym.st_info) != STT_SECTION;
	ret->base = sym.sym.st_value;
	/* A place behind the only variable of its section is still that variable's. */
	return relocs_reference(r->p->elf, r->p->arch, a, &ret->section, &ret->offset) ||
	       (ret->section && pieces_only(r->p, ret->section) != NO_PIECE);
}

bool relink_branch(const struct relink *r, size_t section, uint64_t offset,
		   struct relink_target *ret)
{
	const unsigned char *bytes;
	size_t size;

	if (elf_file_bytes(r->p->elf, section, &bytes, &size) || !bytes || offset > size ||
	    size - offset < 4)
		return false;
	*ret = (struct relink_target){.section = section};
	ret->value =
		offset + (uint64_t)(int64_t)(int32_t)elf_file_number(r->p->elf, bytes + offset, 4);
	ret->offset = ret->value + 4;
	return ret->offset <= size;
}

static int differs(const struct relink *r, const struct relink_target *t, const struct reloc *b,
		   size_t section, uint64_t offset)
{
	struct elf_symbol sym;

	elf_file_symbol(r->cut, b->symbol, &sym);
	return relink_wrong(
		r, section, offset,
		t->undefined
			? xasprintf("it refers to '%s'%+lld, and the patched file to '%s'%+lld",
				    sym.name, (long long)b->addend, t->undefined,
				    (long long)t->addend)
			: xasprintf(
				  "it refers to '%s'%+lld, and the patched file to section '%s'+0x%llx",
				  sym.name, (long long)b->addend, r->p->elf->sec[t->section].name,
				  (unsigned long long)t->offset));
}

/* Are two names the same but for the numbers that the compiler has given? */
static bool same_but_numbers(const char *a, const char *b)
{
	while (*a || *b) {
		if (*a == '.' && strspn(a + 1, "0123456789"))
			a += 1 + strspn(a + 1, "0123456789");
		else if (*b == '.' && strspn(b + 1, "0123456789"))
			b += 1 + strspn(b + 1, "0123456789");
		else if (*a++ != *b++)
			return false;
	}
	return true;
}

/* May a symbol of the patched file be what is undefined by that name in the cut object? */
static bool may_be_called(const char *undefined, const char *symbol)
{
	struct asm_name n;
	bool may;

	if (asm_name_parse(&n, undefined, "klpdiff"))
		return false;
	may = n.kind == NAME_STATIC_LOCAL ? asm_name_is_local(&n, symbol)
					  : same_but_numbers(n.name, symbol);
	asm_name_free(&n);
	return may;
}

/* Does the original file have the same thing under that name, of that size? */
static bool is_originals(const struct relink *r, const struct relink_name *n, const char *undefined)
{
	size_t piece = pieces_at(r->p, n->place >> 32, (uint32_t)n->place);
	size_t was = piece == NO_PIECE ? NO_PIECE : r->d->is_pair[piece];

	return was != NO_PIECE && !r->s->in[piece] && r->s->outside[piece] &&
	       !strcmp(r->s->outside[piece], undefined) && r->d->was.piece[was].name &&
	       r->p->piece[piece].name &&
	       same_but_numbers(r->d->was.piece[was].name, r->p->piece[piece].name) &&
	       (r->p->piece[piece].kind == PIECE_CODE ||
		r->d->was.piece[was].end - r->d->was.piece[was].start ==
			r->p->piece[piece].end - r->p->piece[piece].start);
}

/*
 * Is that the variable or function that is meant: the one named, or the one that has the place?
 * What has its section alone has all places.
 */
static bool holds(const struct relink *r, const struct relink_name *n,
		  const struct relink_target *t, bool at_end)
{
	uint64_t into = elf_place(t->section, t->offset) - n->place;

	if (t->named)
		return n->place == elf_place(t->section, t->base);
	if (pieces_only(r->p, t->section) != NO_PIECE)
		return true;
	return at_end ? into == n->size : into < n->size || !into;
}

/*
 * What the cut object leaves undefined, and the kernel has. A place just behind something belongs
 * to it only where nothing else is there.
 */
static bool is_outside(const struct relink *r, const struct relink_target *t, const struct reloc *b,
		       const char *undefined)
{
	size_t from = relink_names_from(r, elf_place(t->section, 0));
	bool any = false;

	for (int at_end = 0; at_end < 2 && !any; at_end++) {
		for (size_t i = from; i < r->names && r->name[i].place >> 32 == t->section; i++) {
			const struct relink_name *n = &r->name[i];

			if (!holds(r, n, t, at_end))
				continue;
			any = true;
			if ((int64_t)(t->value - (uint32_t)n->place) == b->addend &&
			    may_be_called(undefined, n->name) && is_originals(r, n, undefined))
				return true;
		}
	}
	return false;
}

/* The place of a piece that has been cut out, by the piece that was named or that holds it. */
static bool is_inside(const struct relink *r, const struct relink_target *t, const struct reloc *b,
		      const struct elf_symbol *sym)
{
	size_t piece = pieces_at(r->p, t->section, t->named ? t->base : t->offset), section = 0;
	uint64_t offset = 0;

	if (piece == NO_PIECE)
		piece = pieces_only(r->p, t->section);
	if (piece == NO_PIECE || !r->s->in[piece])
		return false;
	/* Whether the section ends before that place is no question here. */
	relocs_reference(r->cut, r->p->arch, b, &section, &offset);
	if (GELF_ST_TYPE(sym->sym.st_info) != STT_SECTION &&
	    !(t->named &&
	      sym->sym.st_value == r->layout.at[piece] + (t->base - r->p->piece[piece].start)))
		return false;
	return section == r->layout.map[t->section] &&
	       offset == r->layout.at[piece] + (t->offset - r->p->piece[piece].start);
}

int relink_compare(const struct relink *r, const struct relink_target *t, const struct reloc *b,
		   size_t section, uint64_t offset)
{
	struct elf_symbol sym;
	bool same;

	elf_file_symbol(r->cut, b->symbol, &sym);
	if (t->undefined)
		same = sym.shndx == SHN_UNDEF &&
		       !strcmp(sym.name, selection_name(r->s, t->undefined)) &&
		       b->addend == t->addend;
	else if (sym.special)
		same = sym.shndx == SHN_UNDEF &&
		       (is_outside(r, t, b, sym.name) ||
			is_outside(r, t, b, tracepoints_called(&r->s->asked, sym.name)));
	else
		same = is_inside(r, t, b, &sym);
	return same ? 0 : differs(r, t, b, section, offset);
}
