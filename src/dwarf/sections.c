// SPDX-License-Identifier: GPL-2.0-only
/* Debug sections, each once, decompressed and relocated: see dwarf/sections.h. */
#include "dwarf/sections.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/util.h"

/*
 * The sections that are read. libdwarf would only reject others: -g3 gives every header's macros a
 * .debug_macro of its own.
 */
static const char *const needed[] = {
	".debug_info",	   ".debug_abbrev", ".debug_str",     ".debug_line",
	".debug_line_str", ".debug_ranges", ".debug_addr",    ".debug_str_offsets",
	".debug_rnglists", ".debug_types",  ".debug_aranges",
};

static bool is_needed(const struct elf_section *s, const char *name)
{
	return s->shdr.sh_type != SHT_NOBITS && s->shdr.sh_size && !strcmp(s->name, name);
}

/* libelf changes the header when it decompresses the section, so it is read again each time. */
uint64_t debug_section_size(const struct elf_section *s)
{
	GElf_Shdr now;
	GElf_Chdr chdr;

	if (!(s->shdr.sh_flags & SHF_COMPRESSED))
		return s->shdr.sh_size;
	if (gelf_getchdr(s->scn, &chdr))
		return chdr.ch_size;
	return gelf_getshdr(s->scn, &now) ? now.sh_size : 0;
}

static void add_part(struct debug_sections *d, const char *name, size_t index)
{
	struct debug_section *s = d->n ? &d->s[d->n - 1] : NULL;

	if (!s || s->name != name) {
		s = &d->s[d->n++];
		s->name = name;
	}
	GROW(s->part, s->parts, s->cap);
	s->part[s->parts++] = index;
	d->offset[index] = s->size;
	s->size += debug_section_size(&d->elf->sec[index]);
}

struct debug_sections *debug_sections_create(const struct elf_file *elf)
{
	struct debug_sections *d = xcalloc(1, sizeof(*d));

	d->elf = elf;
	d->s = xcalloc(ARRAY_SIZE(needed), sizeof(*d->s));
	d->offset = xcalloc(elf->shnum, sizeof(*d->offset));
	for (size_t n = 0; n < ARRAY_SIZE(needed); n++) {
		/* What belongs to no group comes first: offsets that others have into it stay. */
		for (size_t group = 0; group < 2; group++) {
			for (size_t i = 1; i < elf->shnum; i++) {
				bool grouped = elf->sec[i].shdr.sh_flags & SHF_GROUP;

				if (is_needed(&elf->sec[i], needed[n]) && grouped == group)
					add_part(d, needed[n], i);
			}
		}
	}
	return d;
}

void debug_sections_destroy(struct debug_sections *d)
{
	for (size_t i = 0; d && i < d->n; i++) {
		free(d->s[i].part);
		free(d->s[i].copy);
	}
	if (d) {
		free(d->s);
		free(d->offset);
	}
	free(d);
}

const Elf_Data *debug_section_data(const struct elf_section *s)
{
	GElf_Shdr now;
	Elf_Data *d;

	if (!gelf_getshdr(s->scn, &now))
		return NULL;
	if ((now.sh_flags & SHF_COMPRESSED) && elf_compress(s->scn, 0, 0) < 0)
		return NULL;
	d = s->shdr.sh_flags & SHF_COMPRESSED ? elf_getdata(s->scn, NULL)
					      : elf_rawdata(s->scn, NULL);
	return d && d->d_buf ? d : NULL;
}

/* Places in loaded sections are told apart by section, offsets into debug sections are plain. */
static uint64_t target_of(const struct debug_sections *d, const struct elf_symbol *sym)
{
	if (sym->special)
		return sym->sym.st_value;
	if (d->elf->sec[sym->shndx].shdr.sh_flags & SHF_ALLOC)
		return elf_place(sym->shndx, sym->sym.st_value);
	return d->offset[sym->shndx] + sym->sym.st_value;
}

/* How many bytes the number (LEB128) has that begins there, 0: it has no end. */
static size_t uleb_size(const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!(data[i] & 0x80))
			return i + 1;
	}
	return 0;
}

static uint64_t read_uleb(const unsigned char *data, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size && 7 * i < 64; i++)
		value |= (uint64_t)(data[i] & 0x7f) << (7 * i);
	return value;
}

/*
 * Written in as many bytes as the place has: overflow of an intermediate sum is discarded on
 * purpose.
 */
static void write_uleb(unsigned char *data, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++) {
		data[i] = (unsigned char)((value & 0x7f) | (i + 1 < size ? 0x80 : 0));
		value >>= 7;
	}
}

static uint64_t sum(char operation, uint64_t is, uint64_t value)
{
	return operation == '+' ? is + value : operation == '-' ? is - value : value;
}

static void apply_sum(const struct elf_file *f, const struct arch_sum *s, unsigned char *data,
		      size_t size, uint64_t value)
{
	size_t len = s->size == ULEB_SIZE ? uleb_size(data, size) : s->size;
	unsigned char old = size ? data[0] : 0;

	if (!len || len > size)
		return;
	if (s->size == ULEB_SIZE) {
		write_uleb(data, len, sum(s->operation, read_uleb(data, len), value));
		return;
	}
	elf_file_store(f, data, sum(s->operation, elf_file_number(f, data, len), value), len);
	if (s->mask)
		data[0] = (unsigned char)((data[0] & s->mask) | (old & ~s->mask));
}

static void apply(const struct debug_sections *d, const struct arch *arch, const GElf_Rela *r,
		  unsigned char *data, size_t size)
{
	uint32_t type = (uint32_t)GELF_R_TYPE(r->r_info);
	const struct arch_sum *sum = arch_sum_by_type(arch, type);
	size_t len = type == arch->abs64 ? 8 : type == arch->abs32 ? 4 : 0;
	const struct elf_file *f = d->elf;
	struct elf_symbol sym;
	uint64_t value;

	if (GELF_R_SYM(r->r_info) >= f->symnum || r->r_offset > size)
		return;
	data += r->r_offset;
	size -= r->r_offset;
	elf_file_symbol(f, GELF_R_SYM(r->r_info), &sym);
	value = target_of(d, &sym) + (uint64_t)r->r_addend;
	if (len && len <= size)
		elf_file_store(f, data, value, len);
	if (sum)
		apply_sum(f, sum, data, size, value);
}

/*
 * In a relocatable file the references between debug sections are still relocations, and on some
 * architectures so are differences of addresses. They are applied in their order.
 */
static void relocate(const struct debug_sections *d, const struct arch *arch, size_t index,
		     unsigned char *data, size_t size)
{
	const struct elf_file *f = d->elf;

	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *shdr = &f->sec[i].shdr;
		Elf_Data *rela;

		if (shdr->sh_type != SHT_RELA || shdr->sh_info != index ||
		    shdr->sh_entsize != sizeof(Elf64_Rela))
			continue;
		rela = elf_getdata(f->sec[i].scn, NULL);
		for (size_t n = 0;
		     rela && rela->d_type == ELF_T_RELA && n < rela->d_size / sizeof(Elf64_Rela);
		     n++) {
			GElf_Rela r;

			gelf_getrela(rela, (int)n, &r);
			apply(d, arch, &r, data, size);
		}
	}
}

/* Can libelf deliver all parts, in the size that their headers say? */
static bool read_parts(const struct debug_sections *d, const struct debug_section *s)
{
	for (size_t p = 0; p < s->parts; p++) {
		const Elf_Data *part = debug_section_data(&d->elf->sec[s->part[p]]);

		if (!part || part->d_size != debug_section_size(&d->elf->sec[s->part[p]]))
			return false;
	}
	return true;
}

/* All parts, one behind the other, relocated. */
static unsigned char *copy_parts(const struct debug_sections *d, const struct debug_section *s,
				 const struct arch *arch)
{
	unsigned char *copy = xcalloc(1, s->size);

	for (size_t p = 0; p < s->parts; p++) {
		const Elf_Data *part = debug_section_data(&d->elf->sec[s->part[p]]);
		unsigned char *to = copy + d->offset[s->part[p]];

		memcpy(to, part->d_buf, part->d_size);
		if (d->elf->ehdr.e_type == ET_REL && arch)
			relocate(d, arch, s->part[p], to, part->d_size);
	}
	return copy;
}

const unsigned char *debug_sections_data(struct debug_sections *d, size_t i)
{
	const struct arch *arch = arch_of(&d->elf->ehdr);
	struct debug_section *s = &d->s[i];

	if (s->data || !read_parts(d, s))
		return s->data;
	if (s->parts > 1 || (d->elf->ehdr.e_type == ET_REL && arch)) {
		s->copy = copy_parts(d, s, arch);
		s->data = s->copy;
	} else {
		s->data = debug_section_data(&d->elf->sec[s->part[0]])->d_buf;
	}
	return s->data;
}

const unsigned char *debug_sections_bytes(struct debug_sections *d, const char *name, size_t *size)
{
	for (size_t i = 0; i < d->n; i++) {
		const unsigned char *data;

		if (strcmp(d->s[i].name, name) != 0)
			continue;
		data = debug_sections_data(d, i);
		*size = data ? d->s[i].size : 0;
		return data;
	}
	*size = 0;
	return NULL;
}

const struct elf_section *debug_sections_unreadable(const struct debug_sections *d)
{
	GElf_Word tried[2];
	size_t n = 0;

	for (size_t i = d->n; i-- > 0 && n < ARRAY_SIZE(tried);) {
		const struct elf_section *s = &d->elf->sec[d->s[i].part[0]];
		bool known = false;
		GElf_Chdr chdr;

		if (!(s->shdr.sh_flags & SHF_COMPRESSED) || !gelf_getchdr(s->scn, &chdr))
			continue;
		for (size_t t = 0; t < n; t++)
			known |= tried[t] == chdr.ch_type;
		if (known)
			continue;
		tried[n++] = chdr.ch_type;
		if (!debug_section_data(s))
			return s;
	}
	return NULL;
}
