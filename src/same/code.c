// SPDX-License-Identifier: GPL-2.0-only
/* Code, and what it refers to: see same/code.h. */
#include "same/code.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "klp/format.h"
#include "symbols/ksym_sort.h"

int code_open(struct code *c, const struct elf_file *elf, const struct arch *arch,
	      const struct sites *traced)
{
	memset(c, 0, sizeof(*c));
	c->elf = elf;
	c->arch = arch;
	c->traced = traced;
	c->linked = elf->ehdr.e_type != ET_REL;
	return c->linked ? 0 : relocs_read(elf, &c->relocs);
}

void code_close(struct code *c)
{
	relocs_free(&c->relocs);
	free(c->sym);
	memset(c, 0, sizeof(*c));
}

const unsigned char *code_at(const struct code *c, uint64_t place, uint64_t size)
{
	const unsigned char *data;
	size_t section = place >> 32, len;

	if (c->linked)
		return elf_file_at(c->elf, place, size);
	if (section == 0 || section >= c->elf->shnum ||
	    elf_file_bytes(c->elf, section, &data, &len) || !data)
		return NULL;
	place = (uint32_t)place;
	return place > len || len - place < size ? NULL : data + place;
}

const struct elf_section *code_section(const struct code *c, uint64_t place)
{
	const struct elf_file *f = c->elf;

	if (!c->linked)
		return place >> 32 && place >> 32 < f->shnum ? &f->sec[place >> 32] : NULL;
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *shdr = &f->sec[i].shdr;

		if ((shdr->sh_flags & SHF_ALLOC) && place >= shdr->sh_addr &&
		    place - shdr->sh_addr < shdr->sh_size)
			return &f->sec[i];
	}
	return NULL;
}

const struct reloc *code_reloc(const struct code *c, uint64_t place)
{
	size_t section = place >> 32;
	uint64_t offset = (uint32_t)place;

	if (c->linked)
		return NULL;
	for (const struct reloc *r = relocs_at(&c->relocs, section, offset);
	     r && r < c->relocs.r + c->relocs.n && r->section == section && r->offset == offset;
	     r++) {
		const struct arch_reloc *type = arch_reloc_by_type(c->arch, r->type);

		/* A relocation that writes nothing does not count. */
		if (r->type && (!type || type->size))
			return r;
	}
	return NULL;
}

/* A place of a relocatable file: within a section, or just behind it. */
static bool place_in(const struct code *c, size_t section, uint64_t offset, uint64_t *ret)
{
	*ret = elf_place(section, offset);
	return offset <= c->elf->sec[section].shdr.sh_size && offset <= UINT32_MAX;
}

/* A place beside variables: see elf_near_data(), code_neighbours(). */
static bool place_beside(const struct code *c, size_t section, uint64_t offset, uint64_t *ret)
{
	GElf_Xword flags = c->elf->sec[section].shdr.sh_flags;

	*ret = elf_place(section, 0) + offset;
	return (flags & SHF_WRITE) && elf_near_data(flags, offset);
}

struct code_ref code_reloc_ref(const struct code *c, const struct reloc *r, unsigned int tail)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->arch, r->type);
	struct code_ref ref = {.kind = REF_UNKNOWN};
	struct elf_symbol sym;
	uint64_t offset;

	if (!type)
		return ref;
	ref.addend = (int64_t)((uint64_t)r->addend + (uint64_t)(type->relative ? tail : 0));
	elf_file_symbol(c->elf, r->symbol, &sym);
	offset = sym.sym.st_value + (uint64_t)ref.addend;
	if (!sym.special && (place_in(c, sym.shndx, offset, &ref.place) ||
			     place_beside(c, sym.shndx, offset, &ref.place))) {
		ref.kind = REF_PLACE;
		ref.object = GELF_ST_TYPE(sym.sym.st_info) == STT_SECTION
				     ? ref.place
				     : elf_place(sym.shndx, sym.sym.st_value);
	} else if (sym.special && (sym.shndx == SHN_UNDEF || sym.shndx == SHN_LIVEPATCH)) {
		ref.kind = REF_SYMBOL;
		ref.symbol = r->symbol;
	}
	return ref;
}

struct code_ref code_linked_ref(const struct code *c, uint64_t place, size_t size, bool relative,
				unsigned int tail)
{
	const unsigned char *bytes = code_at(c, place, size);
	struct code_ref ref = {.kind = REF_UNKNOWN};
	unsigned int unused = 64 - 8 * (unsigned int)size;
	uint64_t to;

	if (!bytes)
		return ref;
	/*
	 * Addresses of four bytes are sign-extended: the kernel lies at the top of the address
	 * space.
	 */
	to = (uint64_t)((int64_t)(elf_file_number(c->elf, bytes, size) << unused) >> unused);
	if (c->linked) {
		ref.kind = REF_PLACE;
		ref.place = to + (relative ? place + tail : 0);
	} else if (relative && place_in(c, place >> 32, (uint32_t)place + tail + to, &ref.place)) {
		ref.kind = REF_PLACE;
	}
	return ref;
}

bool code_is_traced(const struct code *c, uint64_t place)
{
	return sites_in(c->traced, place, 1);
}

static void keep_symbol(const struct ksym *sym, void *arg)
{
	struct code *c = arg;

	GROW(c->sym, c->symbols, c->symbols_cap);
	c->sym[c->symbols++] = *sym;
}

static int by_place(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	return ORDER(x->addr, y->addr) ?: ORDER(x->order, y->order);
}

/* How many symbols begin at a place or before. */
static size_t symbols_up_to(struct code *c, uint64_t place)
{
	if (!c->sym) {
		kallsyms_each(c->elf, keep_symbol, c);
		ksym_sort(c->sym, c->symbols, by_place);
	}
	return COUNT_FIRST(i, c->symbols, c->sym[i].addr <= place);
}

static bool is_object(const struct ksym *sym)
{
	return sym->elf_type == STT_FUNC || sym->elf_type == STT_OBJECT;
}

const struct ksym *code_symbol(struct code *c, uint64_t place)
{
	/* Labels lie within functions; more of them than this would be odd. */
	for (size_t i = symbols_up_to(c, place), tries = 0; i > 0 && tries < 64; i--, tries++) {
		const struct ksym *sym = &c->sym[i - 1];

		if (is_object(sym) && place - sym->addr < sym->size)
			return sym;
	}
	return NULL;
}

void code_neighbours(struct code *c, uint64_t place, const struct ksym **before,
		     const struct ksym **behind)
{
	/* A place just before a section has the number of another one. */
	size_t section = (place + (1U << 31)) >> 32, i = symbols_up_to(c, place);

	*before = *behind = NULL;
	for (size_t k = i; k < c->symbols && c->sym[k].addr >> 32 == section && !*behind; k++)
		*behind = is_object(&c->sym[k]) ? &c->sym[k] : NULL;
	for (; i && c->sym[i - 1].addr >> 32 == section && !*before; i--)
		*before = is_object(&c->sym[i - 1]) ? &c->sym[i - 1] : NULL;
}

const struct ksym *code_symbol_at(struct code *c, uint64_t place, const char *name)
{
	for (size_t i = symbols_up_to(c, place); i > 0 && c->sym[i - 1].addr == place; i--) {
		const struct ksym *sym = &c->sym[i - 1];

		if (name ? !strcmp(sym->name, name) : is_object(sym))
			return sym;
	}
	return NULL;
}

const struct ksym *code_named(struct code *c, const char *name)
{
	symbols_up_to(c, 0);
	for (size_t i = 0; i < c->symbols; i++) {
		if (c->sym[i].global && !strcmp(c->sym[i].name, name))
			return &c->sym[i];
	}
	return NULL;
}
