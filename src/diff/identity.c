// SPDX-License-Identifier: GPL-2.0-only
/* The identity of pieces: see diff/identity.h. */
#include "diff/identity.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/locals.h"

/*
 * What macros and the compiler make anew at each place, of one name: the patch has its own. A
 * string of a function's name, the key of a lock, a message that is printed once, a table for a
 * switch.
 */
static const char *const per_place[] = {
	"__func__",
	"__FUNCTION__",
	"__PRETTY_FUNCTION__",
	"__key",
	"__warned",
	"__already_done",
	"_rs",
	"_entry",
	"_entry_ptr",
	"descriptor",
	"__dyndbg",
	"CSWTCH",
	"__compound_literal",
};

/* "NAME.12" without its number: how long NAME is. */
static size_t unnumbered(const char *name)
{
	size_t len = strlen(name), digits = len;

	while (digits && isdigit((unsigned char)name[digits - 1]))
		digits--;
	return digits < len && digits > 1 && name[digits - 1] == '.' ? digits - 1 : len;
}

static bool is_per_place(const char *name)
{
	size_t len = unnumbered(name);

	for (size_t i = 0; i < ARRAY_SIZE(per_place); i++) {
		if (strlen(per_place[i]) == len && !strncmp(name, per_place[i], len))
			return true;
	}
	return str_starts(name, "__UNIQUE_ID_") || str_starts(name, "__BTF_ID__") ||
	       str_starts(name, "__initcall__");
}

/* "foo.isra.0.cold" becomes "foo.isra.cold". */
static char *without_numbers(const char *name)
{
	char *ret = xstrdup(name), *to = ret;

	for (const char *at = name; *at;) {
		size_t digits = *at == '.' ? strspn(at + 1, "0123456789") : 0;

		if (digits && (!at[1 + digits] || at[1 + digits] == '.'))
			at += 1 + digits;
		else
			*to++ = *at++;
	}
	*to = '\0';
	return ret;
}

static int take_local(struct dwarf_file *d, Dwarf_Die die, const struct local_place *at, void *arg)
{
	struct pieces *p = arg;
	struct piece *piece;
	uint64_t addr;
	size_t i;

	if (!die_address(d, die, DW_AT_location, &addr) || addr >> 32 >= p->elf->shnum)
		return 0;
	i = pieces_at(p, addr >> 32, (uint32_t)addr);
	piece = i == NO_PIECE ? NULL : &p->piece[i];
	if (!piece || piece->start != (uint32_t)addr || piece->function ||
	    piece->kind != PIECE_DATA)
		return 0;
	piece->function = xstrdup(at->function);
	piece->line = at->line;
	if (!is_per_place(at->name))
		piece->identity = xasprintf("%s:%s", at->function, at->name);
	return 0;
}

static int read_locals(struct pieces *p)
{
	Dwarf_Die unit;
	Dwarf_Off off;
	int found, status = 0;

	while ((found = dwarf_file_next_unit(p->dwarf, &unit)) > 0) {
		if (!status && die_offset(unit, &off))
			status = locals_each(p->dwarf, off, NULL, take_local, p);
		dwarf_dealloc_die(unit);
	}
	return found < 0 || status ? -1 : 0;
}

int identities_read(struct pieces *p)
{
	if (read_locals(p))
		return -1;
	for (size_t i = 0; i < p->n; i++) {
		struct piece *piece = &p->piece[i];

		if (!piece->name || piece->function)
			continue;
		if (piece->kind == PIECE_CODE)
			piece->identity = without_numbers(piece->name);
		/* A number without a function: whose variable it is cannot be told. */
		else if (piece->kind == PIECE_DATA && !is_per_place(piece->name) &&
			 !piece->name[unnumbered(piece->name)])
			piece->identity = xstrdup(piece->name);
	}
	return 0;
}
