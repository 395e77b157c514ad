// SPDX-License-Identifier: GPL-2.0-only
/* Who branches to a place: see same/callers.h. */
#include "same/callers.h"

#include <stdlib.h>
#include <string.h>

#include "arch/step.h"
#include "base/search.h"
#include "base/util.h"
#include "dwarf/mention.h"
#include "dwarf/units.h"
#include "elf/relocs.h"
#include "same/places.h"

/* Up to this size a branch may be there by chance. It reaches so far, itself included. */
#define SHORT_BRANCH 2
#define SHORT_REACH (128 + SHORT_BRANCH)

/* A place that is looked for, by way of another one. */
struct entry {
	uint64_t at, to;
};

struct search {
	const struct arch *arch;
	step_fn *step; /* NULL: bytes are searched */
	struct places places;
	struct entry *entry;
	size_t entries, entries_cap;
};

static int by_address(const void *a, const void *b)
{
	uint64_t x = ((const struct entry *)a)->at, y = ((const struct entry *)b)->at;

	return ORDER(x, y);
}

static void call_found(struct search *s, uint64_t to, uint64_t from)
{
	const struct entry key = {.at = to}, *entry = NULL;

	if (s->entries)
		entry = bsearch(&key, s->entry, s->entries, sizeof(*s->entry), by_address);
	if (entry)
		to = entry->to;
	places_add(&s->places, to, from);
}

/*
 * Does DWARF know an instruction at that address? It has, for example, the address behind each
 * call.
 */
static bool is_instruction(const struct search *s, uint64_t addr)
{
	struct dwarf_file *d = s->places.d;
	unsigned char number[8];
	Dwarf_Off unit = 0;

	if (!elf_file_same_place(s->places.elf, addr, d->elf, &addr))
		return false;
	units_at(d, &addr, 1, &unit);
	elf_file_store(d->elf, number, addr, sizeof(number));
	return mention_in_unit(d, unit, number, sizeof(number));
}

/* Some code, and the address of its first byte. */
struct stretch {
	const unsigned char *code;
	size_t size;
	uint64_t at;
};

/* Where the branch at code + i leads, if there is one: *len is its size, else 0. */
static uint64_t branch_at(const struct search *s, const struct stretch *c, size_t i, size_t *len)
{
	int64_t distance;

	*len = s->arch->code.branch(c->code + i, c->size - i, &distance);
	/*
	 * A branch that still has to be relocated has a distance of 0, which no other branch has.
	 */
	if (*len && !distance)
		*len = 0;
	return *len ? c->at + i + *len + (uint64_t)distance : 0;
}

static void search_long(struct search *s, const struct stretch *c, int begin)
{
	const unsigned char *end = c->code + c->size, *p = c->code;

	while (p < end && (p = memchr(p, begin, (size_t)(end - p))) != NULL) {
		size_t i = (size_t)(p++ - c->code), len;
		uint64_t to = branch_at(s, c, i, &len);

		if (len > SHORT_BRANCH && places_have(&s->places, to))
			call_found(s, to, c->at + i);
	}
}

/* Short branches are everywhere, but those to a place are near it. */
static void search_short(struct search *s, const struct stretch *c, uint64_t place)
{
	uint64_t first = place - SHORT_REACH, last = place + SHORT_REACH;

	if (last < c->at || first >= c->at + c->size)
		return;
	for (size_t i = first < c->at ? 0 : (size_t)(first - c->at);
	     i < c->size && c->at + i <= last; i++) {
		size_t len;

		if (branch_at(s, c, i, &len) == place && len && len <= SHORT_BRANCH &&
		    is_instruction(s, c->at + i + len))
			call_found(s, place, c->at + i);
	}
}

static void search_bytes(struct search *s, const unsigned char *code, size_t size, uint64_t at)
{
	const struct stretch c = {code, size, at};

	for (const char *begin = s->arch->code.long_branches; *begin; begin++)
		search_long(s, &c, (unsigned char)*begin);
	for (size_t i = 0; i < s->places.n; i++) {
		if (!i || s->places.to[i] != s->places.to[i - 1])
			search_short(s, &c, s->places.to[i]);
	}
}

/* Where instructions begin at certain places only. */
static void search_steps(struct search *s, const unsigned char *code, size_t size, uint64_t at)
{
	size_t align = step_align(s->arch);

	for (size_t i = 0, len; i < size; i += len) {
		struct step step = s->step(code + i, size - i);
		uint64_t to = at + i + step.size + (uint64_t)step.distance;

		len = step.size ? step.size : align;
		/*
		 * A branch that still has to be relocated leads to itself, which no other branch
		 * does.
		 */
		if (step.to && to != at + i && places_have(&s->places, to))
			call_found(s, to, at + i);
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

	if (relocs_read_section(s->places.elf, section, &relocs))
		return -1;
	for (size_t i = 0; i < relocs.n; i++) {
		const struct reloc *r = &relocs.r[i];
		const struct arch_reloc *type = arch_reloc_by_type(s->arch, r->type);
		struct elf_symbol sym;
		uint64_t to;

		elf_file_symbol(s->places.elf, r->symbol, &sym);
		/* From the end of the place, where that is the end of the instruction. */
		to = elf_place(sym.shndx, sym.sym.st_value + (uint64_t)r->addend +
						  (uint64_t)s->arch->code.operand_ahead);
		if (!sym.special && type && type->relative && places_have(&s->places, to))
			call_found(s, to, elf_place(section, r->offset));
	}
	relocs_free(&relocs);
	return 0;
}

static int search_sections(struct search *s)
{
	const struct elf_file *elf = s->places.elf;
	bool module = elf->ehdr.e_type == ET_REL;
	int status = 1;

	for (size_t i = 1; i < elf->shnum; i++) {
		const GElf_Shdr *shdr = &elf->sec[i].shdr;
		const unsigned char *code;
		size_t size;

		if (!is_code(shdr))
			continue;
		if (elf_file_bytes(elf, i, &code, &size) || (module && search_relocs(s, i)))
			return -1;
		(s->step ? search_steps : search_bytes)(s, code, size,
							module ? elf_place(i, 0) : shdr->sh_addr);
		status = 0;
	}
	return status;
}

/* Where else those functions are entered: step_entry(). In a module relocations name the symbol. */
static void find_entries(struct search *s)
{
	const struct elf_file *elf = s->places.elf;

	for (size_t i = 1; i < elf->symnum && elf->ehdr.e_type != ET_REL; i++) {
		struct elf_symbol sym;
		uint64_t ahead;

		elf_file_symbol(elf, i, &sym);
		ahead = step_entry(s->arch, sym.sym.st_other);
		if (!ahead || !places_have(&s->places, sym.sym.st_value))
			continue;
		GROW(s->entry, s->entries, s->entries_cap);
		s->entry[s->entries++] = (struct entry){sym.sym.st_value + ahead, sym.sym.st_value};
	}
}

static void begin(struct search *s, const struct elf_file *elf, struct dwarf_file *d,
		  const uint64_t *to, size_t n, struct callers *ret)
{
	uint64_t *all;

	places_begin(&s->places, elf, d, to, n, ret);
	find_entries(s);
	if (!s->entries)
		return;
	qsort(s->entry, s->entries, sizeof(*s->entry), by_address);
	places_end(&s->places);
	all = xcalloc(n + s->entries, sizeof(*all));
	memcpy(all, to, n * sizeof(*all));
	for (size_t i = 0; i < s->entries; i++)
		all[n + i] = s->entry[i].at;
	places_begin(&s->places, elf, d, all, n + s->entries, ret);
	free(all);
}

int callers_find(const struct elf_file *elf, const struct arch *arch, struct dwarf_file *d,
		 const uint64_t *to, size_t n, struct callers *ret)
{
	struct search s = {.arch = arch, .step = arch->code.branch ? NULL : step_of(arch)};
	int status;

	memset(ret, 0, sizeof(*ret));
	if (!arch->code.branch && !s.step)
		return 1;
	begin(&s, elf, d, to, n, ret);
	status = search_sections(&s);
	places_end(&s.places);
	free(s.entry);
	if (status)
		callers_free(ret);
	return status;
}

const struct caller *callers_of(const struct callers *c, uint64_t to, size_t *n)
{
	size_t lo = COUNT_FIRST(i, c->n, c->c[i].to < to);

	for (*n = 0; lo + *n < c->n && c->c[lo + *n].to == to; (*n)++)
		;
	return *n ? &c->c[lo] : NULL;
}

void callers_free(struct callers *c)
{
	free(c->c);
	memset(c, 0, sizeof(*c));
}
