// SPDX-License-Identifier: GPL-2.0-only
/* Whether two references mean the same thing: see same/refs.h. */
#include "same/refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "same/pairs.h"
#include "symbols/functions.h"

struct code_ref same_other_ref(const struct same *s, uint64_t place, size_t size, bool relative,
			       unsigned int tail)
{
	const struct reloc *r = code_reloc(s->b, place);
	const struct arch_reloc *type;
	static const struct code_ref unknown;

	if (!r)
		return code_linked_ref(s->b, place, size, relative, tail);
	type = arch_reloc_by_type(s->b->arch, r->type);
	if (!type || type->size != size || type->relative != relative)
		return unknown;
	return code_reloc_ref(s->b, r, tail);
}

static const char *symbol_name(const struct code *c, size_t symbol)
{
	struct elf_symbol sym;

	elf_file_symbol(c->elf, symbol, &sym);
	return sym.name;
}

/* "'name'+0x10", or a description where there is no name; to be freed. */
static char *describe(struct code *c, const struct code_ref *ref)
{
	const struct ksym *sym = ref->kind == REF_PLACE ? code_symbol(c, ref->place) : NULL;
	const struct elf_section *section;
	uint64_t offset = sym ? ref->place - sym->addr : (uint64_t)ref->addend;
	const char *name = sym ? sym->name : NULL;

	if (ref->kind == REF_SYMBOL)
		name = symbol_name(c, ref->symbol);
	if (ref->kind == REF_UNKNOWN)
		return xstrdup("something unknown");
	if (name && offset && offset < INT64_MAX)
		return xasprintf("'%s'+0x%llx", name, (unsigned long long)offset);
	if (name)
		return xasprintf("'%s'", name);
	section = code_section(c, ref->place);
	return section ? xasprintf("something in '%s'", section->name)
		       : xasprintf("0x%llx", (unsigned long long)ref->place);
}

static bool differ(struct same *s, const struct code_ref *a, const struct code_ref *b,
		   uint64_t a_at, uint64_t b_at)
{
	char *is = describe(s->a, a), *was = describe(s->b, b);

	same_differ(s, a_at, b_at, xasprintf("it refers to %s, the kernel's to %s", is, was));
	free(is);
	free(was);
	return false;
}

/* Compares where a refers to a symbol that it does not define. */
static bool same_outside(const struct same *s, const struct code_ref *a, const struct code_ref *b)
{
	const struct same_symbol *is = &s->symbol[a->symbol];

	if (is->placed)
		return b->kind == REF_PLACE && b->place == is->place + (uint64_t)a->addend;
	return is->name && b->kind == REF_SYMBOL && b->addend == a->addend &&
	       !strcmp(is->name, symbol_name(s->b, b->symbol));
}

/* The pair of functions of which a place of a is part, or NULL. */
static const struct same_pair *pair_with(const struct same *s, uint64_t a)
{
	for (size_t i = 0; i < s->pairs; i++) {
		if (a - s->pair[i].a < s->pair[i].a_size)
			return &s->pair[i];
	}
	return NULL;
}

/*
 * Are both places at the beginning of the pair, or at the same distance from it? A landing
 * instruction at the beginning does not count.
 */
static bool same_offset(const struct same_pair *p, uint64_t a, uint64_t b)
{
	a -= p->a;
	b -= p->b;
	return (!a && !b) || a - p->a_skip == b - p->b_skip;
}

/* Does b have a symbol of that name, from the same source file, at this place? */
static bool has_name(struct same *s, const struct ksym *sym, uint64_t b)
{
	const struct ksym *other = code_symbol_at(s->b, b, sym->name);

	return other && other->global == sym->global &&
	       (!sym->file || !other->file || !strcmp(sym->file, other->file));
}

/*
 * Compares by name. A cold part has to have the same code as well, because it is a part of the
 * function that is compared.
 */
static bool same_name(struct same *s, const struct ksym *sym, uint64_t a, uint64_t b)
{
	uint64_t at = b - (a - sym->addr);

	if (!has_name(s, sym, at))
		return false;
	return !function_is_cold(sym->name) ||
	       same_pair_add(s, sym->addr, sym->size, at,
			     code_symbol_at(s->b, at, sym->name)->size);
}

/* A function that the patch defines itself and calls: its code has to be the same as well. */
static bool same_callee(struct same *s, const struct ksym *own, uint64_t a, uint64_t b)
{
	const struct ksym *other;
	uint64_t offset = a - own->addr;

	for (size_t i = 0; i < s->knowns; i++) {
		if (s->known[i].a == own->addr && !offset)
			return s->known[i].b == b;
	}
	other = code_symbol_at(s->b, b - offset, NULL);
	if (own->elf_type != STT_FUNC || !other || other->elf_type != STT_FUNC ||
	    (offset && !(function_is_cold(own->name) && function_is_cold(other->name))))
		return false;
	return same_pair_add(s, own->addr, own->size, other->addr, other->size);
}

static bool is_constant(const struct elf_section *s)
{
	return s && (s->shdr.sh_flags & SHF_ALLOC) && !(s->shdr.sh_flags & SHF_EXECINSTR) &&
	       (!(s->shdr.sh_flags & SHF_WRITE) || str_starts(s->name, ".rodata"));
}

static bool same_bytes(const struct same *s, uint64_t a, uint64_t b, uint64_t size)
{
	const unsigned char *is = code_at(s->a, a, size), *was = code_at(s->b, b, size);

	return is && was && !memcmp(is, was, size);
}

static bool same_string(const struct same *s, const struct elf_section *section, uint64_t a,
			uint64_t b)
{
	uint64_t left = section->shdr.sh_size - (uint32_t)a;
	const char *text = (const char *)code_at(s->a, a, left);
	size_t len = text ? strnlen(text, left) : left;

	return len < left && same_bytes(s, a, b, len + 1);
}

/*
 * Where a piece of code or data without a name ends that begins at a place of a. Nothing states it,
 * so the piece is taken to end at the next place to which something refers, at the next symbol, or
 * at the end of its section.
 */
static uint64_t piece_end(struct same *s, const struct elf_section *section, uint64_t a)
{
	size_t index = a >> 32;
	uint64_t end = elf_place(index, section->shdr.sh_size);

	for (size_t i = 0; i < s->a->relocs.n; i++) {
		const struct reloc *r = &s->a->relocs.r[i];
		struct code_ref ref;

		if (!r->type || !(s->a->elf->sec[r->section].shdr.sh_flags & SHF_EXECINSTR))
			continue;
		/*
		 * Bytes of the instruction may follow its operand; the longest possible rest is
		 * assumed.
		 */
		ref = code_reloc_ref(s->a, r, s->a->arch->code.immediate ? sizeof(uint32_t) : 0);
		if (ref.kind == REF_PLACE && ref.place > a && ref.place < end)
			end = ref.place;
	}
	for (size_t i = 0; i < s->a->symbols; i++) {
		uint64_t at = s->a->sym[i].addr;

		if (at > a && at < end)
			end = at;
	}
	return end;
}

/* Is anything in this part of a to be relocated? */
static bool refers(const struct same *s, uint64_t from, uint64_t to)
{
	for (; from < to; from++) {
		if (code_reloc(s->a, from))
			return true;
	}
	return false;
}

/*
 * Compares constants by their bytes. A constant with references is never taken as the same: code
 * may compare its address with that of another constant.
 */
static bool same_constant(struct same *s, uint64_t a, uint64_t object, uint64_t b)
{
	const struct elf_section *section = code_section(s->a, a);
	const GElf_Shdr *shdr;
	const struct ksym *sym;
	uint64_t from = a, to;

	if (!is_constant(section) || !is_constant(code_section(s->b, b)))
		return false;
	shdr = &section->shdr;
	if ((shdr->sh_flags & SHF_STRINGS) && shdr->sh_entsize == 1)
		return same_string(s, section, object, b - (a - object));
	sym = code_symbol(s->a, a);
	if ((shdr->sh_flags & SHF_MERGE) && shdr->sh_entsize > 1) {
		from = a - (uint32_t)a % shdr->sh_entsize;
		to = from + shdr->sh_entsize;
	} else if (sym) {
		from = sym->addr;
		to = from + sym->size;
	} else {
		to = piece_end(s, section, a);
	}
	/*
	 * Compare bytes before looking for relocations: a damaged size may be huge, and only
	 * same_bytes() checks that the file has so many bytes.
	 */
	return same_bytes(s, from, b - (a - from), to - from) && !refers(s, from, to);
}

/*
 * Code outside of the function and without a name: where an alternative jumps before it is patched.
 */
static bool same_piece(struct same *s, const struct elf_section *section, uint64_t a, uint64_t b)
{
	const struct elf_section *other = code_section(s->b, b);
	uint64_t size = piece_end(s, section, a) - a;

	return other && (other->shdr.sh_flags & SHF_EXECINSTR) && !code_symbol(s->b, b) &&
	       same_pair_add(s, a, size, b, size);
}

/*
 * The class of a lock is a variable of size 0 in a kernel without lockdep. A copy of its own is
 * therefore not a difference.
 */
static bool same_empty(struct same *s, uint64_t a, uint64_t b)
{
	const struct ksym *own = code_symbol_at(s->a, a, NULL);
	const struct ksym *other = own && !own->size ? code_symbol_at(s->b, b, own->name) : NULL;
	size_t len;

	if (other)
		return !other->size;
	if (!own || own->size)
		return false;
	/* The compiler has added a number to the name, which may differ. */
	len = strcspn(own->name, ".");
	other = code_symbol_at(s->b, b, NULL);
	return other && !other->size && strcspn(other->name, ".") == len &&
	       !strncmp(own->name, other->name, len);
}

/* The length of a name without the numbers that the compiler and __UNIQUE_ID() append. */
static size_t given_name(const char *name)
{
	size_t len = strcspn(name, ".");

	while (len && str_starts(name, "__UNIQUE_ID_") && name[len - 1] >= '0' &&
	       name[len - 1] <= '9')
		len--;
	return len;
}

static bool same_variable(struct same *s, uint64_t a, uint64_t b)
{
	const struct ksym *own = code_symbol(s->a, a), *other = code_symbol(s->b, b);
	size_t len = own ? given_name(own->name) : 0;

	return own && other && own->elf_type == STT_OBJECT && other->elf_type == STT_OBJECT &&
	       a - own->addr == b - other->addr && own->size == other->size &&
	       len == given_name(other->name) && !strncmp(own->name, other->name, len);
}

static bool is_once(struct code *c, uint64_t place)
{
	const struct elf_section *s = code_section(c, place);
	const struct ksym *start, *end;

	if (!c->linked)
		return s && (!strcmp(s->name, ".data.once") || !strcmp(s->name, ".data..once"));
	start = code_named(c, "__start_once");
	end = code_named(c, "__end_once");
	return start && end && place >= start->addr && place < end->addr;
}

/*
 * A place between variables is one of them, counted from another index than 0. Where both
 * neighbours are at the same distances, it does not matter which. (Between constants there may be
 * one without a name.)
 */
static bool same_gap(struct same *s, uint64_t a, uint64_t b)
{
	const struct ksym *before, *behind, *any;
	const struct elf_section *section;

	code_neighbours(s->a, a, &before, &behind);
	any = before ? before : behind;
	section = any ? code_section(s->a, any->addr) : NULL;
	return section && !is_constant(section) && !(section->shdr.sh_flags & SHF_EXECINSTR) &&
	       (!before || has_name(s, before, b - (a - before->addr))) &&
	       (!behind || has_name(s, behind, b + (behind->addr - a)));
}

static bool same_own(struct same *s, const struct code_ref *ref, uint64_t b, enum same_kind kind)
{
	uint64_t a = ref->place;
	const struct same_pair *p = pair_with(s, a);
	const struct elf_section *section = code_section(s->a, a);
	const struct ksym *sym;

	if (p)
		return same_offset(p, a, b);
	sym = code_symbol(s->a, a);
	if (s->by_name && sym)
		return same_name(s, sym, a, b);
	if (s->by_name && !s->a->linked && same_gap(s, a, b))
		return true;
	if (section && (section->shdr.sh_flags & SHF_EXECINSTR))
		return kind == SAME_CALL &&
		       (sym ? same_callee(s, sym, a, b) : same_piece(s, section, a, b));
	/* is_once(): a flag that only records whether a warning has been printed. */
	return same_constant(s, a, ref->object, b) || same_empty(s, a, b) ||
	       (is_once(s->a, a) && is_once(s->b, b)) || (s->knowns && same_variable(s, a, b));
}

bool same_ref(struct same *s, const struct code_ref *a, const struct code_ref *b,
	      enum same_kind kind, uint64_t a_at, uint64_t b_at)
{
	bool same = false;

	s->references++;
	if (a->kind == REF_SYMBOL)
		same = same_outside(s, a, b);
	else if (a->kind == REF_PLACE && b->kind == REF_PLACE)
		same = same_own(s, a, b->place, kind);
	if (same && s->seen)
		s->seen(a, b, s->seen_arg);
	return same || differ(s, a, b, a_at, b_at);
}

/* Has b for this symbol of a that pointer alone, as far as was seen, and for no other symbol? */
static bool has_pointer(struct same *s, size_t symbol, uint64_t pointer)
{
	if (!s->symbol[symbol].placed)
		return false;
	for (size_t i = 0; i < s->a->elf->symnum && !s->symbol[symbol].pointer; i++) {
		if (s->symbol[i].pointer == pointer)
			return false;
	}
	if (!s->symbol[symbol].pointer)
		s->symbol[symbol].pointer = pointer;
	return s->symbol[symbol].pointer == pointer;
}

bool same_pointer(struct same *s, const struct code_ref *a, uint64_t pointer, uint64_t a_at,
		  uint64_t b_at)
{
	const struct elf_section *section = code_section(s->b, pointer);
	const unsigned char *bytes = code_at(s->b, pointer, sizeof(uint64_t));
	uint64_t to = bytes ? elf_file_number(s->b->elf, bytes, sizeof(uint64_t)) : 0;
	struct code_ref b = {.kind = to ? REF_PLACE : REF_UNKNOWN, .place = to, .object = to};

	if (bytes && !to && section && !strcmp(section->name, ".got") && a->kind == REF_SYMBOL &&
	    !a->addend && has_pointer(s, a->symbol, pointer)) {
		s->references++;
		return true;
	}
	return same_ref(s, a, &b, SAME_ADDRESS, a_at, b_at);
}
