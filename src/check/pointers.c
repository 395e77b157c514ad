// SPDX-License-Identifier: GPL-2.0-only
/* Who has the address of a function: see check/pointers.h. */
#include "check/pointers.h"

#include <string.h>

#include "base/util.h"
#include "elf/based.h"
#include "elf/relocs.h"
#include "patch/taken.h"
#include "same/places.h"

/* Lists in vmlinux that describe code: include/asm-generic/vmlinux.lds.h. */
static const char *const lists[][2] = {
	{"__start_mcount_loc", "__stop_mcount_loc"},
	{"__start_kprobe_blacklist", "__stop_kprobe_blacklist"},
	{"__start_error_injection_whitelist", "__stop_error_injection_whitelist"},
};

struct search {
	const struct arch *arch;
	uint64_t start[ARRAY_SIZE(lists)], stop[ARRAY_SIZE(lists)];
	struct places places;
};

static bool is_listed(const struct search *s, uint64_t from)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (from >= s->start[i] && from < s->stop[i])
			return true;
	}
	return false;
}

static void add(struct search *s, uint64_t to, uint64_t from)
{
	if (!is_listed(s, from))
		places_add(&s->places, to, from);
}

/* Where the lists lie. */
static void find_lists(struct search *s)
{
	for (size_t i = 1; i < s->places.elf->symnum; i++) {
		struct elf_symbol sym;

		elf_file_symbol(s->places.elf, i, &sym);
		if (!str_starts(sym.name, "__st"))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
			if (!strcmp(sym.name, lists[k][0]))
				s->start[k] = sym.sym.st_value;
			else if (!strcmp(sym.name, lists[k][1]))
				s->stop[k] = sym.sym.st_value;
		}
	}
}

static void search_data(struct search *s, const unsigned char *data, size_t size, uint64_t at)
{
	for (size_t i = -at % 8; i + 8 <= size; i += 8) {
		uint64_t to = elf_file_number(s->places.elf, data + i, 8);

		if (places_have(&s->places, to))
			add(s, to, at + i);
	}
}

/* Where the number at code + i may be an address of which this is the highest byte. */
static void search_highest(struct search *s, const unsigned char *code, size_t size, uint64_t at,
			   unsigned char highest)
{
	size_t ahead = elf_file_is_big(s->places.elf) ? 0 : 3;
	const unsigned char *end = code + size - (3 - ahead), *p = code + ahead;

	while (p < end && (p = memchr(p, highest, (size_t)(end - p))) != NULL) {
		size_t i = (size_t)(p++ - code) - ahead;
		int32_t number = (int32_t)elf_file_number(s->places.elf, code + i, 4);

		if (number < 0 && places_have(&s->places, (uint64_t)number))
			add(s, (uint64_t)number, at + i);
	}
}

/*
 * Numbers of four bytes are sign-extended. The places that they reach have few highest bytes, often
 * one, and memchr() is faster than a look at each number.
 */
static void search_code(struct search *s, const unsigned char *code, size_t size, uint64_t at)
{
	unsigned int last = 0;

	for (size_t k = 0; size >= 4 && k < s->places.n; k++) {
		unsigned char highest = (unsigned char)(s->places.to[k] >> 24);

		if (s->places.to[k] < (uint64_t)INT32_MIN || highest == last)
			continue;
		search_highest(s, code, size, at, highest);
		last = highest;
	}
}

static void take_based(uint64_t place, uint64_t addr, void *arg)
{
	struct search *s = arg;

	if (places_have(&s->places, addr))
		add(s, addr, place);
}

static int search_section(struct search *s, size_t i)
{
	const GElf_Shdr *shdr = &s->places.elf->sec[i].shdr;
	const unsigned char *bytes;
	size_t size;

	if (elf_file_bytes(s->places.elf, i, &bytes, &size))
		return -1;
	if (!bytes)
		return 0;
	if (shdr->sh_flags & SHF_EXECINSTR)
		search_code(s, bytes, size, shdr->sh_addr);
	else
		search_data(s, bytes, size, shdr->sh_addr);
	return 0;
}

/* In a module. */
static int search_relocs(struct search *s, size_t section)
{
	struct relocs relocs;

	if (relocs_read_section(s->places.elf, section, &relocs))
		return -1;
	for (size_t i = 0; i < relocs.n; i++) {
		const struct reloc *r = &relocs.r[i];
		struct elf_symbol sym;
		int64_t offset;
		uint64_t to;

		elf_file_symbol(s->places.elf, r->symbol, &sym);
		if (sym.special || !taken_address(s->places.elf, s->arch, r, &offset))
			continue;
		to = elf_place(sym.shndx, sym.sym.st_value + (uint64_t)offset);
		if (places_have(&s->places, to))
			add(s, to, elf_place(section, r->offset));
	}
	relocs_free(&relocs);
	return 0;
}

bool pointers_all_known(const struct elf_file *elf, const struct arch *arch)
{
	return elf->ehdr.e_type == ET_REL || arch->code.immediate;
}

int pointers_find(const struct elf_file *elf, const struct arch *arch, struct dwarf_file *d,
		  const uint64_t *to, size_t n, struct callers *ret)
{
	struct search s = {.arch = arch};
	bool module = elf->ehdr.e_type == ET_REL;
	int status = 0;

	places_begin(&s.places, elf, d, to, n, ret);
	if (!module) {
		find_lists(&s);
		based_each(elf, arch, take_based, &s);
	}
	for (size_t i = 1; i < elf->shnum && !status; i++) {
		const GElf_Shdr *shdr = &elf->sec[i].shdr;

		if (shdr->sh_type == SHT_PROGBITS && (shdr->sh_flags & SHF_ALLOC) &&
		    taken_section(&elf->sec[i]))
			status = module ? search_relocs(&s, i) : search_section(&s, i);
	}
	places_end(&s.places);
	if (status)
		callers_free(ret);
	return status;
}
