// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each name that a patch for programs uses becomes: a word that the applier fills in. How it
 * finds the value depends on who has the symbol, and on how the target itself finds it.
 */
#include <string.h>

#include "base/util.h"
#include "binary/relocation.h"
#include "dwarf/defs.h"
#include "umake/make.h"

size_t making_target(struct making *m, const struct binary *b)
{
	const struct dynamic_word *word = b->library ? binary_tlsmod(b) : NULL;
	struct user_table_target *t;

	for (size_t i = 0; i < m->table->targets; i++) {
		if (!strcmp(m->table->target[i].name, b->name))
			return i;
	}
	t = user_table_add_target(m->table);
	t->kind = b->library ? USER_LIBRARY : USER_PROGRAM;
	t->name = xstrdup(b->name);
	t->id = xstrdup(b->id);
	t->tlsmod = word ? word->place : 0;
	return m->table->targets - 1;
}

static enum user_type type_of(unsigned char elf_type)
{
	switch (elf_type) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return USER_TYPE_FUNCTION;
	case STT_OBJECT:
	case STT_COMMON:
		return USER_TYPE_DATA;
	case STT_TLS:
		return USER_TYPE_TLS;
	default:
		return USER_TYPE_ANY;
	}
}

/* What the patch declares the name as, by its debug information. */
static int declared_type(const struct object_file *file, const char *name, enum user_type *ret)
{
	struct defs defs = {0};
	Dwarf_Die unit;
	Dwarf_Off off;
	int status = 0, more = 0;

	*ret = USER_TYPE_ANY;
	while (file->dwarf && !status && (more = dwarf_file_next_unit(file->dwarf, &unit)) > 0) {
		if (die_offset(unit, &off))
			status = defs_read(file->dwarf, off, NULL, &defs);
		dwarf_dealloc_die(unit);
	}
	for (size_t i = 0; i < defs.n && !status; i++) {
		if (!strcmp(defs.def[i].name, name))
			*ret = defs.def[i].function ? USER_TYPE_FUNCTION : USER_TYPE_DATA;
	}
	defs_free(&defs);
	return status || more < 0 ? -1 : 0;
}

static const char *type_name(enum user_type type)
{
	return type == USER_TYPE_FUNCTION ? "a function" : "a variable";
}

/*
 * Does the symbol have the kind that the patch declares? A static variable 'stat' that the compiler
 * has optimised away is not the C library's function.
 */
static int check_kind(const struct decision *d, unsigned char elf_type, const char *owner)
{
	enum user_type has = type_of(elf_type), declared;

	if (declared_type(d->file, d->use->is.name, &declared))
		return -1;
	if (has == USER_TYPE_TLS)
		has = USER_TYPE_DATA;
	if (has == USER_TYPE_ANY || declared == USER_TYPE_ANY || has == declared)
		return 0;
	error("%s: '%s' is declared as %s here, but that of '%s' is %s: it is not the one that is "
	      "meant",
	      source_place(&d->file->source, d->use->is.name), d->use->is.name, type_name(declared),
	      owner, type_name(has));
	return -1;
}

/* The binary that a file of the patch is about. */
static const struct binary *home_of(const struct making *m, const struct decision *d)
{
	const struct scope *scope = scopes_find(&m->scopes, &d->file->source);

	return scope ? binary_of(&m->target, scope->object) : m->target.all->b[0];
}

static void set_slot(struct making *m, struct user_table_symbol *s, const struct binary *b,
		     const struct dynamic_word *word)
{
	const unsigned char *content = elf_file_at(b->elf, word->place, 8);

	s->kind = USER_SYMBOL_SLOT;
	s->target = making_target(m, b);
	s->value = word->place;
	if (word_kind(b->elf->ehdr.e_machine, word->type) == WORD_CALL && content)
		s->unbound = elf_file_number(b->elf, content, 8);
}

/* A name that a library exports: as the home finds it, or else as any other file would. */
static void make_export(struct making *m, const struct decision *d, struct user_table_symbol *s)
{
	const struct binary *home = home_of(m, d);
	const char *name = d->use->is.name;
	const struct dynamic_word *slot = binary_slot(home, name);
	const struct dynamic_symbol *symbol;
	struct binary *owner;

	if (!binary_exporter(m->target.all, name, &owner, &symbol))
		program_error("'%s' is exported by nobody", name);
	if (check_kind(d, symbol->type, owner->name))
		return;
	if (symbol->type == STT_TLS) {
		error("%s: '%s' is a thread-local variable of '%s', and only those of the patch's "
		      "own targets can be used: use a function of that library",
		      source_place(&d->file->source, name), name, owner->name);
		return;
	}
	s->kind = USER_SYMBOL_EXPORT;
	s->type = type_of(symbol->type);
	s->version = xstrdup(slot ? slot->symbol->version : symbol->version);
	s->name = xstrdup(name);
	if (slot)
		set_slot(m, s, home, slot);
}

/* A function that the program chooses when it starts: what it has chosen stands in a word. */
static void make_ifunc(struct making *m, const struct decision *d, const struct binary *b,
		       struct user_table_symbol *s)
{
	const struct dynamic_word *word = binary_resolved(b, d->found.sym->addr);

	if (word) {
		set_slot(m, s, b, word);
		return;
	}
	error("%s: '%s' of '%s' is an IFUNC, and nothing in there holds what it resolves to: call "
	      "one of the functions that it chooses from",
	      source_place(&d->file->source, d->use->is.name), d->use->is.name, b->name);
}

static void make_own(struct making *m, const struct decision *d, struct user_table_symbol *s)
{
	const struct ksym *sym = d->found.sym;
	const struct binary *b = binary_of(&m->target, d->found.owner);
	const struct dynamic_word *slot = sym->global ? binary_slot(b, sym->name) : NULL;
	char place[512];

	if (check_kind(d, sym->elf_type, b->name))
		return;
	s->name = xstrdup(sym->name);
	s->version = xstrdup("");
	s->type = type_of(sym->elf_type);
	s->target = making_target(m, b);
	s->value = sym->addr;
	s->kind = USER_SYMBOL_OBJECT;
	if (d->found.def) {
		def_place(d->found.owner->dwarf, d->found.def, place, sizeof(place));
		s->source = xstrdup(place);
	}
	if (sym->elf_type == STT_TLS)
		s->kind = USER_SYMBOL_TLS;
	else if (slot)
		set_slot(m, s, b, slot);
	else if (sym->elf_type == STT_GNU_IFUNC)
		make_ifunc(m, d, b, s);
	if (s->kind == USER_SYMBOL_TLS && b->library && !m->table->target[s->target].tlsmod)
		error("%s: '%s' is thread-local in '%s', which has no word with the number of its "
		      "thread-local storage: a patch cannot have it",
		      source_place(&d->file->source, d->use->is.name), sym->name, b->name);
}

static bool is_known(const struct making *m, size_t number)
{
	for (size_t i = 0; i < number; i++) {
		if (!strcmp(m->uses.d[i].use->link_name, m->uses.d[number].use->link_name))
			return true;
	}
	return false;
}

void make_symbols(struct making *m)
{
	for (size_t i = 0; i < m->uses.n; i++) {
		const struct decision *d = &m->uses.d[i];
		struct user_table_symbol made = {.target = SIZE_MAX};

		if (d->found.how == RESOLVED_REFUSED || is_known(m, i) ||
		    (d->found.how == RESOLVED_NONE && !d->use->weak))
			continue;
		if (d->found.how == RESOLVED_EXPORT)
			make_export(m, d, &made);
		else if (d->found.how == RESOLVED_LIVEPATCH)
			make_own(m, d, &made);
		else
			made.kind = USER_SYMBOL_ZERO;
		made.link_name = xstrdup(d->use->link_name);
		if (!made.name)
			made.name = xstrdup(d->use->is.name);
		if (!made.version)
			made.version = xstrdup("");
		if (!made.source)
			made.source = xstrdup("-");
		*user_table_add_symbol(m->table) = made;
	}
}
