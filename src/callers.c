// SPDX-License-Identifier: GPL-2.0-only
/* Who branches to a place: see callers.h. */
#include "callers.h"

#include <stdlib.h>
#include <string.h>

#include "mention.h"
#include "relocs.h"
#include "units.h"
#include "util.h"

/* Up to this size a branch may be there by chance. */
#define SHORT_BRANCH 2

struct search {
	const struct elf_file *elf;
	const struct arch *arch;
	struct dwarf_file *d;
	uint64_t *to; /* ascending, in elf */
	size_t n;
	/* The low 16 bits of each: what is none of them is mostly told by one look. */
	uint8_t low[0x10000 / 8];
	struct callers *ret;
};

/* A place of one file of a module in another one of its files, by the name of its section. */
static bool same_place(const struct elf_file *from, uint64_t place, const struct elf_file *to,
		       uint64_t *ret)
{
	size_t section = place >> 32, other;

	*ret = place;
	if (from == to || from->ehdr.e_type != ET_REL)
		return true;
	if (section >= from->shnum)
		return false;
	other = elf_file_section(to, from->sec[section].name);
	*ret = elf_place(other, (uint32_t)place);
	return other != 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void add_place(struct search *s, uint64_t place)
{
	if (!same_place(s->d->elf, place, s->elf, &place))
		return;
	s->to[s->n++] = place;
	s->low[(uint16_t)place / 8] |= (uint8_t)(1 << place % 8);
}

static bool is_place(const struct search *s, uint64_t addr)
{
	return (s->low[(uint16_t)addr / 8] & 1 << addr % 8) &&
	       bsearch(&addr, s->to, s->n, sizeof(addr), by_number);
}

/* Is there an instruction at that address? DWARF gives that of one behind each call, for one. */
static bool is_instruction(const struct search *s, uint64_t addr)
{
	unsigned char number[8];
	Dwarf_Off unit = 0;

	if (!same_place(s->elf, addr, s->d->elf, &addr))
		return false;
	units_at(s->d, &addr, 1, &unit);
	elf_file_store(s->d->elf, number, addr, sizeof(number));
	return mention_in_unit(s->d, unit, number, sizeof(number));
}

static void add_caller(struct search *s, uint64_t to, uint64_t from)
{
	if (!same_place(s->elf, from, s->d->elf, &from) || !same_place(s->elf, to, s->d->elf, &to))
		return;
	GROW(s->ret->c, s->ret->n, s->ret->cap);
	s->ret->c[s->ret->n++] = (struct caller){to, from};
}

static void search_code(struct search *s, const unsigned char *code, size_t size, uint64_t at)
{
	for (size_t i = 0; i < size; i++) {
		int64_t distance;
		size_t len = s->arch->branch(code + i, size - i, &distance);
		uint64_t end = at + i + len, to = end + (uint64_t)distance;

		/* What is to be relocated has a distance of 0, which no branch has. */
		if (len && distance && is_place(s, to) &&
		    (len > SHORT_BRANCH || is_instruction(s, end)))
			add_caller(s, to, at + i);
	}
}

static bool is_code(const GElf_Shdr *shdr)
{
	return shdr->sh_type == SHT_PROGBITS && (shdr->sh_flags & SHF_ALLOC) &&
	       (shdr->sh_flags & SHF_EXECINSTR);
}

/* In a module, what is left to relocate in a section of code. */
static int search_relocs(struct search *s, size_t section)
{
	struct relocs relocs;

	if (relocs_read_section(s->elf, section, &relocs))
		return -1;
	for (size_t i = 0; i < relocs.n; i++) {
		const struct reloc *r = &relocs.r[i];
		struct elf_symbol sym;
		uint64_t to;

		elf_file_symbol(s->elf, r->symbol, &sym);
		/* From the end of the place, which is that of the instruction. */
		to = elf_place(sym.shndx, sym.sym.st_value + (uint64_t)r->addend + 4);
		if (!sym.special && is_place(s, to))
			add_caller(s, to, elf_place(section, r->offset));
	}
	relocs_free(&relocs);
	return 0;
}

static int search_sections(struct search *s)
{
	bool module = s->elf->ehdr.e_type == ET_REL;
	int status = 1;

	for (size_t i = 1; i < s->elf->shnum; i++) {
		const GElf_Shdr *shdr = &s->elf->sec[i].shdr;
		const unsigned char *code;
		size_t size;

		if (!is_code(shdr))
			continue;
		if (elf_file_bytes(s->elf, i, &code, &size) || (module && search_relocs(s, i)))
			return -1;
		search_code(s, code, size, module ? elf_place(i, 0) : shdr->sh_addr);
		status = 0;
	}
	return status;
}

static int by_place(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

int callers_find(const struct elf_file *elf, const struct arch *arch, struct dwarf_file *d,
		 const uint64_t *to, size_t n, struct callers *ret)
{
	struct search s = {.elf = elf, .arch = arch, .d = d, .ret = ret};
	int status;

	memset(ret, 0, sizeof(*ret));
	if (!arch->branch)
		return 1;
	s.to = xcalloc(n, sizeof(*s.to));
	for (size_t i = 0; i < n; i++)
		add_place(&s, to[i]);
	qsort(s.to, s.n, sizeof(*s.to), by_number);
	status = search_sections(&s);
	if (ret->n)
		qsort(ret->c, ret->n, sizeof(*ret->c), by_place);
	free(s.to);
	return status;
}

const struct caller *callers_of(const struct callers *c, uint64_t to, size_t *n)
{
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->c[mid].to < to)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < c->n && c->c[lo + *n].to == to; (*n)++)
		;
	return *n ? &c->c[lo] : NULL;
}

void callers_free(struct callers *c)
{
	free(c->c);
	memset(c, 0, sizeof(*c));
}
