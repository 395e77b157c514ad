// SPDX-License-Identifier: GPL-2.0-only
/* Where pieces lie in the new file: see diff/layout.h. */
#include "diff/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/sections.h"

bool layout_is_whole(const struct elf_section *s)
{
	return s->shdr.sh_type == SHT_PROGBITS && !(s->shdr.sh_flags & SHF_ALLOC) &&
	       (str_starts(s->name, ".debug_") || !strcmp(s->name, ".comment") ||
		!strcmp(s->name, ".note.GNU-stack"));
}

/* A piece keeps the alignment that it had. */
static uint64_t align_like(uint64_t offset, uint64_t was, uint64_t align)
{
	if (align > 1)
		offset += (was - offset) & (align - 1);
	return offset;
}

static void place_pieces(struct layout *l, size_t section)
{
	const struct pieces *p = l->p;
	const struct elf_section *s = &p->elf->sec[section];
	uint64_t size = 0;
	bool any = false;

	for (size_t i = p->first[section]; i < p->first[section + 1]; i++) {
		const struct piece *x = &p->piece[i];

		if (!l->s->in[i])
			continue;
		any = true;
		l->at[i] = align_like(size, x->start, s->shdr.sh_addralign);
		size = l->at[i] + (x->end - x->start);
	}
	l->size[section] = size;
	if (any)
		l->map[section] = l->sections++;
}

void layout_make(struct layout *l, const struct pieces *p, const struct selection *s)
{
	size_t n = p->elf->shnum;

	*l = (struct layout){.p = p, .s = s, .sections = 1};
	l->at = xcalloc(p->n, sizeof(*l->at));
	l->map = xcalloc(n, sizeof(*l->map));
	l->size = xcalloc(n, sizeof(*l->size));
	for (size_t i = 1; i < n; i++) {
		place_pieces(l, i);
		if (!layout_is_whole(&p->elf->sec[i]))
			continue;
		l->map[i] = l->sections++;
		l->size[i] = debug_section_size(&p->elf->sec[i]);
	}
}

void layout_free(struct layout *l)
{
	free(l->at);
	free(l->map);
	free(l->size);
}

bool layout_place(const struct layout *l, size_t section, uint64_t offset, uint64_t *ret)
{
	const struct pieces *p = l->p;
	size_t i = pieces_at(p, section, offset);

	if (i == NO_PIECE)
		return false;
	/* The end of one piece is the beginning of the next. */
	if (!l->s->in[i] && i > p->first[section] && p->piece[i].start == offset && l->s->in[i - 1])
		i--;
	*ret = l->at[i] + (offset - p->piece[i].start);
	return l->s->in[i];
}
