// SPDX-License-Identifier: GPL-2.0-only
/*
 * Static variables within functions that exist twice because the patch has copied the function: the
 * kernel's function goes on using the old variable, which may be a lock, and the patch's copy
 * starts with a new one.
 *
 * Some variables have to be the patch's own: those that the kernel's macros create at each place
 * where they are used (was this printed before, how often may it be printed, the class of a lock).
 */
#include <stdlib.h>
#include <string.h>

#include "check/copies.h"
#include "dwarf/locals.h"
#include "dwarf/type_text.h"

#define PASS "locals"

/* The variables of one function of the patch. */
struct doubled {
	struct type_checks *t;
	const struct copy *copy;
	uint64_t *addr; /* the variables that have been looked at */
	size_t n, cap;
	size_t found;
	char *lines; /* what to write instead */
};

/*
 * Is the variable state: in writable memory, and not in the section of flags that belong to one
 * place in the code?
 */
static bool is_state(const struct type_checks *t, uint64_t addr)
{
	const struct elf_file *mod = t->c->mod;
	const struct elf_section *s =
		addr >> 32 && addr >> 32 < mod->shnum ? &mod->sec[addr >> 32] : NULL;

	return s && (s->shdr.sh_flags & SHF_WRITE) &&
	       (str_starts(s->name, ".data") || str_starts(s->name, ".bss")) &&
	       !str_ends(s->name, ".once");
}

static bool was_seen(struct doubled *x, uint64_t addr)
{
	for (size_t i = 0; i < x->n; i++) {
		if (x->addr[i] == addr)
			return true;
	}
	GROW(x->addr, x->n, x->cap);
	x->addr[x->n++] = addr;
	return false;
}

static int look_at(struct dwarf_file *d, Dwarf_Die die, const struct local_place *at, void *arg)
{
	struct doubled *x = arg;
	const struct copy *copy = x->copy;
	const struct types *types = &copy->unit->types;
	size_t type = local_type(d, types, die);
	struct local local = {.n = 0};
	uint64_t addr;
	char *text;

	if (!die_address(d, die, DW_AT_location, &addr) || was_seen(x, addr) ||
	    !is_state(x->t, addr) || local_is_of_place(types, type, at->name))
		return 0;
	if (local_find(copy->home->object->dwarf, copy->home->types.unit, copy->old_name, at->name,
		       0, &local))
		return -1;
	if (!local.n)
		return 0;
	text = type_text(types, type, at->name);
	if (local.n == 1)
		xappend(&x->lines, "\n  extern %s KLP_STATIC_LOCAL(%s, %s);", text, copy->old_name,
			at->name);
	/* The function has several variables of the name: the author has to choose. */
	for (size_t i = 0; i < local.n && local.n > 1; i++)
		xappend(&x->lines, "\n  %sextern %s KLP_STATIC_LOCAL_AT(%s, %s, %llu);",
			i ? "or " : "", text, copy->old_name, at->name,
			(unsigned long long)local.line[i]);
	x->found++;
	free(text);
	return 0;
}

static void tell(const struct doubled *x)
{
	char place[512], old_place[512];
	bool many = x->found > 1;

	copy_places(x->t, x->copy, place, old_place, sizeof(place));
	found(PASS, FOUND_BAD,
	      "'%s' (%s) has %zu static variable%s of its own, which begin%s anew, beside %s of "
	      "'%s' (%s)\n"
	      "  for the kernel's, #include <klpmake.h> and write instead%s",
	      x->copy->name, place, x->found, many ? "s" : "", many ? "" : "s",
	      many ? "those" : "that", x->copy->old_name, old_place, x->lines);
}

void compare_locals(struct type_checks *t)
{
	const struct copies *copies = copies_of(t);
	size_t variables = 0, doubled = 0;

	for (size_t i = 0; i < copies->n; i++) {
		struct doubled x = {.t = t, .copy = &copies->c[i]};

		if (locals_each(t->dwarf, x.copy->unit->types.unit, x.copy->name, look_at, &x))
			return;
		if (x.found)
			tell(&x);
		variables += x.n;
		doubled += x.found;
		free(x.addr);
		free(x.lines);
	}
	found(PASS, FOUND_CHECKED, "%zu static variable%s in %zu cop%s, %zu doubled", variables,
	      variables == 1 ? "" : "s", copies->n, copies->n == 1 ? "y" : "ies", doubled);
}
