// SPDX-License-Identifier: GPL-2.0-only
/* The pieces of an object file: see diff/pieces.h. */
#include "diff/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "operand/operand.h"
#include "symbols/functions.h"

void pieces_free(struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->piece[i].identity);
		free(p->piece[i].function);
	}
	free(p->piece);
	free(p->ref);
	free(p->first);
	free(p->entry);
	dwarf_file_close(p->dwarf);
	elf_file_close(p->elf);
}

size_t pieces_at(const struct pieces *p, size_t section, uint64_t offset)
{
	size_t first = p->first[section], n = p->first[section + 1] - first;
	size_t up_to = COUNT_FIRST(i, n, p->piece[first + i].start <= offset);

	if (!up_to || offset > p->elf->sec[section].shdr.sh_size)
		return NO_PIECE;
	return first + up_to - 1;
}

size_t pieces_only(const struct pieces *p, size_t section)
{
	return p->first[section + 1] - p->first[section] == 1 ? p->first[section] : NO_PIECE;
}

size_t pieces_entries(const struct pieces *p, size_t piece, const size_t **first)
{
	size_t from = COUNT_FIRST(i, p->entries, p->piece[p->entry[i]].about < piece);

	*first = p->entry + from;
	return COUNT_FIRST(i, p->entries, p->piece[p->entry[i]].about <= piece) - from;
}

size_t pieces_whole(const struct pieces *p, size_t cold)
{
	const char *name = p->piece[cold].name;
	size_t len = name ? strlen(name) : 0;

	if (!name || !function_is_cold(name))
		return NO_PIECE;
	len -= strlen(strrchr(name, '.'));
	for (size_t i = 0; i < p->n; i++) {
		if (p->piece[i].kind == PIECE_CODE && p->piece[i].name &&
		    strlen(p->piece[i].name) == len && !strncmp(p->piece[i].name, name, len))
			return i;
	}
	return NO_PIECE;
}

bool pieces_holds(const struct pieces *p, const struct piece_ref *r)
{
	const struct piece *x = &p->piece[r->piece];
	int64_t end = (int64_t)(x->end - x->start - x->lead);
	bool behind = x->end < p->elf->sec[x->section].shdr.sh_size &&
		      operand_replacement_behind(p->arch);

	return r->to >= -(int64_t)x->lead && r->to <= end - behind;
}

bool piece_is_init(const struct pieces *p, const struct piece *piece)
{
	const char *name = p->elf->sec[piece->section].name;

	return str_starts(name, ".init.") || str_starts(name, ".exit.");
}

const char *piece_name(const struct pieces *p, size_t piece)
{
	const struct piece *x = &p->piece[piece];

	return x->name ? x->name : p->elf->sec[x->section].name;
}
