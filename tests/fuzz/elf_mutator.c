// SPDX-License-Identifier: GPL-2.0-only
/*
 * How afl-fuzz changes an ELF file, besides its own ways: a field of a header, a section's header,
 * a symbol or a relocation gets a number that is odd there, or one that stands elsewhere in the
 * file; bytes of one section change; two records of a table change places. Its own bit flips rarely
 * meet a field that anybody reads. The interface is AFL++'s, include/afl-fuzz.h and
 * docs/custom_mutators.md there.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct mutator {
	uint64_t state;
	unsigned char *out;
	size_t room;
};

struct file {
	unsigned char *bytes;
	size_t size;
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(struct mutator *m, unsigned char *buf, size_t size, unsigned char **out,
		       unsigned char *other, size_t other_size, size_t max);
void afl_custom_deinit(struct mutator *m);

/* SplitMix64 */
static uint64_t draw(struct mutator *m, uint64_t n)
{
	uint64_t z = (m->state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return n ? z % n : z;
}

static uint64_t get(const struct file *f, size_t at, size_t width)
{
	uint64_t value = 0;

	if (at <= f->size && width <= f->size - at)
		memcpy(&value, f->bytes + at, width);
	return value;
}

static void put(struct file *f, size_t at, size_t width, uint64_t value)
{
	if (at <= f->size && width <= f->size - at)
		memcpy(f->bytes + at, &value, width);
}

/* A number that is odd in a field that holds old. */
static uint64_t odd(struct mutator *m, const struct file *f, uint64_t old)
{
	static const uint64_t odds[] = {
		0,	    1,		2,	     8,		 24,	    0x7f,	0xff,
		0x100,	    0xff00,	SHN_ABS,     SHN_COMMON, 0xff20,    SHN_XINDEX, 0x7fffffff,
		0x80000000, 0xffffffff, 0x100000000, 1ull << 63, ~0ull - 7, ~0ull >> 1, ~0ull,
	};

	switch (draw(m, 6)) {
	case 0:
		return odds[draw(m, sizeof(odds) / sizeof(odds[0]))];
	case 1:
		return old + 1 - 2 * draw(m, 2);
	case 2:
		return old ^ (1ull << draw(m, 64));
	case 3:
		return old + (8 << draw(m, 8));
	case 4:
		return f->size - draw(m, 64);
	default:
		return draw(m, f->size);
	}
}

/* The widths of the fields of each record, in bytes, as elf.h has them. */
static const unsigned char header_fields[] = {4, 1, 1, 1, 1, 8, 2, 2, 4, 8,
					      8, 8, 4, 2, 2, 2, 2, 2, 2};
static const unsigned char section_fields[] = {4, 4, 8, 8, 8, 8, 4, 4, 8, 8};
static const unsigned char symbol_fields[] = {4, 1, 1, 2, 8, 8};
static const unsigned char rela_fields[] = {8, 4, 4, 8};

/* One field of the record at a place. */
static void change_field(struct mutator *m, struct file *f, size_t at, const unsigned char *width,
			 size_t fields)
{
	size_t chosen = draw(m, fields);

	for (size_t i = 0; i < chosen; i++)
		at += width[i];
	put(f, at, width[chosen], odd(m, f, get(f, at, width[chosen])));
}

/* Two records of a table change places, or one is written over another. */
static void change_order(struct mutator *m, struct file *f, size_t table, size_t n, size_t size)
{
	unsigned char spare[64];
	size_t a = table + draw(m, n) * size, b = table + draw(m, n) * size;

	if (size > sizeof(spare) || a > f->size || b > f->size || size > f->size - a ||
	    size > f->size - b)
		return;
	memcpy(spare, f->bytes + a, size);
	memmove(f->bytes + a, f->bytes + b, size);
	if (draw(m, 2))
		memcpy(f->bytes + b, spare, size);
}

static void change_bytes(struct mutator *m, struct file *f, size_t at, size_t size)
{
	size_t width = (size_t)1 << draw(m, 4);

	at += draw(m, size);
	put(f, at, width, odd(m, f, get(f, at, width)));
}

static void change_section(struct mutator *m, struct file *f)
{
	size_t table = get(f, offsetof(Elf64_Ehdr, e_shoff), 8),
	       n = get(f, offsetof(Elf64_Ehdr, e_shnum), 2);
	size_t header = table + draw(m, n ? n : 1) * sizeof(Elf64_Shdr);
	size_t at = get(f, header + offsetof(Elf64_Shdr, sh_offset), 8);
	size_t size = get(f, header + offsetof(Elf64_Shdr, sh_size), 8);
	uint64_t type = get(f, header + offsetof(Elf64_Shdr, sh_type), 4);

	switch (draw(m, 8)) {
	case 0:
		change_field(m, f, header, section_fields, sizeof(section_fields));
		return;
	case 1:
		change_order(m, f, table, n ? n : 1, sizeof(Elf64_Shdr));
		return;
	}
	if (type == SHT_SYMTAB && draw(m, 8)) {
		if (draw(m, 8))
			change_field(m, f,
				     at + draw(m, size / sizeof(Elf64_Sym)) * sizeof(Elf64_Sym),
				     symbol_fields, sizeof(symbol_fields));
		else
			change_order(m, f, at, size / sizeof(Elf64_Sym) + 1, sizeof(Elf64_Sym));
	} else if (type == SHT_RELA && draw(m, 8)) {
		if (draw(m, 8))
			change_field(m, f,
				     at + draw(m, size / sizeof(Elf64_Rela)) * sizeof(Elf64_Rela),
				     rela_fields, sizeof(rela_fields));
		else
			change_order(m, f, at, size / sizeof(Elf64_Rela) + 1, sizeof(Elf64_Rela));
	} else {
		change_bytes(m, f, at, size ? size : 1);
	}
}

/* As afl-fuzz calls it: *out is a changed copy of buf, which stays ours. */
size_t afl_custom_fuzz(struct mutator *m, unsigned char *buf, size_t size, unsigned char **out,
		       unsigned char *other, size_t other_size, size_t max)
{
	struct file f = {.size = size < max ? size : max};
	uint64_t times = 1 + draw(m, 4);

	(void)other;
	(void)other_size;
	if (m->room < f.size + 1) {
		free(m->out);
		m->room = f.size + 1;
		m->out = malloc(m->room);
		if (!m->out)
			abort();
	}
	f.bytes = m->out;
	memcpy(f.bytes, buf, f.size);
	for (uint64_t i = 0; i < times; i++) {
		switch (draw(m, 12)) {
		case 0:
			change_field(m, &f, 0, header_fields, sizeof(header_fields));
			break;
		case 1:
			change_bytes(m, &f, 0, f.size ? f.size : 1);
			break;
		default:
			change_section(m, &f);
		}
	}
	*out = m->out;
	return f.size;
}

void *afl_custom_init(void *afl, unsigned int seed)
{
	struct mutator *m = calloc(1, sizeof(*m));

	(void)afl;
	if (m)
		m->state = seed;
	return m;
}

void afl_custom_deinit(struct mutator *m)
{
	free(m->out);
	free(m);
}
