// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that the applier fills in: each dynamic relocation of the object becomes one. What is
 * not a whole word, or what a dynamic linker alone could do, is refused.
 */
#include <string.h>

#include "base/util.h"
#include "binary/relocation.h"
#include "ulink/parts.h"

/* A word that means something only to a dynamic linker. */
static int refuse(const struct link_parts *p, const struct dynamic_word *w, const char *why)
{
	size_t section = binary_section(p->object, w->place);

	error("'%s': relocation of type %u at 0x%llx (%s)%s%s%s: %s", p->object->path, w->type,
	      (unsigned long long)w->place, p->object->elf->sec[section].name,
	      w->symbol ? " against '" : "", w->symbol ? w->symbol->name : "", w->symbol ? "'" : "",
	      why);
	return -1;
}

/* The number of the function that a new function replaces, or SIZE_MAX. */
static size_t replaced_by(const struct user_table *t, const char *name)
{
	for (size_t i = 0; i < t->funcs; i++) {
		if (!strcmp(t->func[i].new_name, name))
			return i;
	}
	return SIZE_MAX;
}

/* A symbol that the object itself defines. */
static int own_symbol(struct link_parts *p, const struct dynamic_word *w, struct user_fixup *x)
{
	size_t old = replaced_by(p->table, w->symbol->name);

	if (old == SIZE_MAX) {
		x->kind = USER_IMAGE;
		x->value = w->symbol->addr + w->addend;
		return 0;
	}
	x->kind = USER_OLD;
	x->value = old;
	x->name = link_name(p, p->table->func[old].old_name);
	return w->addend ? refuse(p, w, "a place within a function that is replaced") : 0;
}

static int foreign_symbol(struct link_parts *p, const struct dynamic_word *w, struct user_fixup *x)
{
	const struct user_table_symbol *s = user_table_symbol(p->table, w->symbol->name);

	if (!s)
		return refuse(p, w, "the table of symbols does not have it");
	x->target = s->target == SIZE_MAX ? USER_NO_TARGET : (uint32_t)s->target;
	x->name = link_name(p, s->name);
	x->version = link_name(p, s->version);
	x->type = s->type;
	switch (s->kind) {
	case USER_SYMBOL_OBJECT:
		x->kind = USER_OBJECT;
		x->value = s->value + w->addend;
		return 0;
	case USER_SYMBOL_SLOT:
		x->kind = USER_SLOT;
		x->value = s->value;
		x->unbound = s->unbound;
		x->addend = (int64_t)w->addend;
		return 0;
	case USER_SYMBOL_EXPORT:
		x->kind = USER_EXPORT;
		x->addend = (int64_t)w->addend;
		return 0;
	case USER_SYMBOL_TLS:
		return refuse(p, w, "the address of a thread-local variable is not a constant");
	case USER_SYMBOL_ZERO:
	case USER_SYMBOL_KINDS:
		break;
	}
	return refuse(p, w, "the table of symbols does not say what it is");
}

static int thread_local(struct link_parts *p, const struct dynamic_word *w, enum word_kind kind,
			struct user_fixup *x)
{
	const struct user_table_symbol *s =
		w->symbol ? user_table_symbol(p->table, w->symbol->name) : NULL;
	const struct user_table_target *t;

	if (!s || s->kind != USER_SYMBOL_TLS)
		return refuse(p, w,
			      "a patch cannot have thread-local variables of its own: the "
			      "threads that run have no room for them");
	t = &p->table->target[s->target];
	x->target = (uint32_t)s->target;
	x->name = link_name(p, s->name);
	x->type = s->type;
	if (kind == WORD_TLSMOD) {
		x->kind = USER_TLSMOD;
		x->value = t->kind == USER_LIBRARY ? t->tlsmod : 0;
		return 0;
	}
	x->kind = kind == WORD_TPOFF ? USER_TPOFF : USER_TLSOFF;
	x->value = s->value + w->addend;
	if (kind == WORD_TPOFF && t->kind == USER_LIBRARY)
		return refuse(p, w,
			      "only a program's thread-local variables have a fixed distance from "
			      "the thread pointer: compile without -ftls-model=initial-exec");
	return 0;
}

/* 1: nothing has to be done when the patch is applied. */
static int make_fixup(struct link_parts *p, const struct dynamic_word *w, struct user_fixup *x)
{
	enum word_kind kind = word_kind(p->object->elf->ehdr.e_machine, w->type);
	const struct user_table_symbol *s;

	*x = (struct user_fixup){.place = w->place, .target = USER_NO_TARGET};
	switch (kind) {
	case WORD_NONE:
		return 1;
	case WORD_BASE:
		x->kind = USER_IMAGE;
		x->value = w->addend;
		return 0;
	case WORD_SYMBOL:
	case WORD_CALL:
		if (!w->symbol)
			return refuse(p, w, "it is against no symbol");
		if (w->symbol->defined)
			return own_symbol(p, w, x);
		s = user_table_symbol(p->table, w->symbol->name);
		if (s && s->kind == USER_SYMBOL_ZERO)
			return 1;
		return foreign_symbol(p, w, x);
	case WORD_TLSMOD:
	case WORD_TLSOFF:
	case WORD_TPOFF:
		return thread_local(p, w, kind, x);
	case WORD_RESOLVER:
		return refuse(p, w,
			      "a patch cannot have an IFUNC of its own: choose when it is "
			      "called");
	case WORD_OTHER:
		break;
	}
	return refuse(p, w,
		      "not a whole word: was it compiled without -fPIC, or is the variable "
		      "declared hidden? Declare it without the attribute");
}

int link_fixups(struct link_parts *p)
{
	int status = 0;

	for (size_t i = 0; i < p->object->words; i++) {
		struct user_fixup x;
		int made = make_fixup(p, &p->object->word[i], &x);

		if (made < 0)
			status = -1;
		if (made)
			continue;
		GROW(p->fixup, p->fixups, p->fixups_cap);
		p->fixup[p->fixups++] = x;
	}
	return status;
}
