// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether each word means what its name says. The image still has the list of relocations that ld
 * made of the object files: a witness of which words there are. What a value leads to is looked up
 * in the target again, by the value and not by the name.
 */
#include <string.h>

#include "base/search.h"
#include "binary/relocation.h"
#include "ucheck/check.h"

/* The fixup of a word, or NULL. */
static const struct user_fixup *fixup_at(const struct patch_file *p, uint64_t place)
{
	/* Reading the file has made sure of their order. */
	size_t i = COUNT_FIRST(k, p->fixup_count, p->fixup[k].place < place);

	return i < p->fixup_count && p->fixup[i].place == place ? &p->fixup[i] : NULL;
}

/* ld's list and the patch's are the same words, but for weak names that are nowhere. */
static void compare_lists(struct ucheck *c)
{
	size_t words = 0;

	for (size_t i = 0; i < c->image->words; i++) {
		const struct dynamic_word *w = &c->image->word[i];
		const struct user_fixup *x = fixup_at(c->p, w->place);
		uint64_t content = 0;

		words += x != NULL;
		if (x || word_kind(c->p->machine, w->type) == WORD_NONE)
			continue;
		memcpy(&content, c->p->image + w->place, w->place + 8 <= c->p->image_size ? 8 : 0);
		if (content || !w->symbol || w->symbol->defined)
			ucheck_bad(c, "the word at 0x%llx of the image would not be filled in",
				   (unsigned long long)w->place);
	}
	if (words != c->p->fixup_count)
		ucheck_bad(c, "it fills in %zu words, of which ld knows %zu", c->p->fixup_count,
			   words);
}

/* Is there a symbol of that name at an address of the target? */
static bool has_symbol(const struct ucheck_target *t, const char *name, uint64_t addr, bool tls)
{
	size_t count;
	const struct ksym *all = kallsyms_find(t->object->symbols, name, &count);

	for (size_t i = 0; i < count; i++) {
		if (all[i].addr == addr && (all[i].elf_type == STT_TLS) == tls)
			return true;
	}
	return false;
}

/* What ld's relocation adds to the symbol. */
static uint64_t addend_of(const struct ucheck *c, const struct user_fixup *x)
{
	const struct dynamic_word *w = binary_word(c->image, x->place);

	return w ? w->addend : 0;
}

/* The target's own word: of the symbol of that name, or of what a resolver has answered. */
static bool slot_fits(const struct ucheck_target *t, const struct user_fixup *x, const char *name)
{
	const struct dynamic_word *w = binary_word(t->b, x->value);
	enum word_kind kind = w ? word_kind(t->b->elf->ehdr.e_machine, w->type) : WORD_OTHER;
	const unsigned char *content = elf_file_at(t->b->elf, x->value, 8);

	if (kind == WORD_RESOLVER)
		return has_symbol(t, name, w->addend, false) && !x->unbound;
	if (kind != WORD_SYMBOL && kind != WORD_CALL)
		return false;
	if (x->unbound &&
	    (kind != WORD_CALL || !content || elf_file_number(t->b->elf, content, 8) != x->unbound))
		return false;
	return w->symbol && !w->addend && !strcmp(w->symbol->name, name);
}

static bool export_fits(const struct ucheck *c, const struct user_fixup *x, const char *name)
{
	const struct dynamic_symbol *symbol;
	struct binary *owner;

	return binary_exporter(c->objects.all, name, &owner, &symbol) &&
	       (x->type == USER_TYPE_FUNCTION) ==
		       (symbol->type == STT_FUNC || symbol->type == STT_GNU_IFUNC) &&
	       (!x->version || !strcmp(patch_file_name(c->p, x->version), symbol->version));
}

static bool tlsmod_fits(const struct ucheck_target *t, const struct user_fixup *x)
{
	const struct dynamic_word *w = x->value ? binary_word(t->b, x->value) : NULL;

	if (!x->value)
		return !t->b->library;
	return w && word_kind(t->b->elf->ehdr.e_machine, w->type) == WORD_TLSMOD &&
	       (!w->symbol || w->symbol->defined);
}

static bool fits(const struct ucheck *c, const struct user_fixup *x)
{
	const struct ucheck_target *t = x->target == USER_NO_TARGET ? NULL : &c->target[x->target];
	const char *name = patch_file_name(c->p, x->name);

	switch ((enum user_fixup_kind)x->kind) {
	case USER_IMAGE:
		return patch_file_segment(c->p, x->value, 0) != NULL;
	case USER_OBJECT:
		return has_symbol(t, name, x->value - addend_of(c, x), false);
	case USER_SLOT:
		return slot_fits(t, x, name);
	case USER_EXPORT:
		return export_fits(c, x, name);
	case USER_TLSMOD:
		return tlsmod_fits(t, x);
	case USER_TLSOFF:
	case USER_TPOFF:
		return has_symbol(t, name, x->value - addend_of(c, x), true);
	case USER_OLD:
		return true; /* the function's own pass looks at it */
	case USER_FIXUP_KINDS:
		break;
	}
	return false;
}

void ucheck_fixups(struct ucheck *c)
{
	compare_lists(c);
	for (size_t i = 0; i < c->p->fixup_count; i++) {
		const struct user_fixup *x = &c->p->fixup[i];
		const char *name = patch_file_name(c->p, x->name);

		if (!fits(c, x))
			ucheck_bad(
				c,
				"the word at 0x%llx of the image (%s%s%s%s) leads to something else "
				"in the target",
				(unsigned long long)x->place, user_fixup_kinds[x->kind],
				*name ? " '" : "", name, *name ? "'" : "");
	}
	ucheck_looked(c, "%zu words", c->p->fixup_count);
}
