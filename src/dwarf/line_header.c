// SPDX-License-Identifier: GPL-2.0-only
/* The files of a line table: see dwarf/line_header.h. */
#include "dwarf/line_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/util.h"

/* Only a damaged table has so many files of one name, and each costs a walk over directories. */
#define SAME_NAMES_MAX 100

/*
 * The place where reading goes on. After reading too far, or meeting something unknown, it is lost
 * and stays so.
 */
struct cursor {
	const struct line_header *h;
	const unsigned char *p;
	bool lost;
};

static size_t left(const struct cursor *c)
{
	return c->lost ? 0 : (size_t)(c->h->end - c->p);
}

static void skip(struct cursor *c, uint64_t n)
{
	if (n > left(c))
		c->lost = true;
	else
		c->p += n;
}

static uint64_t number(struct cursor *c, size_t size)
{
	const unsigned char *at = c->p;

	skip(c, size);
	return c->lost ? 0 : elf_file_number(c->h->d->elf, at, size);
}

/* LEB128 without a sign; no count and no code needs as many as 64 bits. */
static uint64_t uleb(struct cursor *c)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 63 && left(c); shift += 7) {
		unsigned char byte = *c->p++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	c->lost = true;
	return 0;
}

static const char *string(struct cursor *c)
{
	const unsigned char *at = c->p, *nul = left(c) ? memchr(at, '\0', left(c)) : NULL;

	if (!nul) {
		c->lost = true;
		return "";
	}
	c->p = nul + 1;
	return (const char *)at;
}

static const char *string_in(struct cursor *c, const struct line_strings *strings)
{
	uint64_t off = number(c, c->h->wide);

	c->lost |= off >= strings->size;
	return c->lost ? "" : strings->text + off;
}

/* A directory, or a file. */
struct entry {
	const char *name;
	uint64_t dir; /* its number */
};

/* What entries consist of: DW_LNCT_... and DW_FORM_... in turn. */
struct format {
	unsigned char type[8], form[8];
	size_t n;
};

static void read_format(struct cursor *c, struct format *ret)
{
	ret->n = number(c, 1);
	if (ret->n > ARRAY_SIZE(ret->type))
		c->lost = true;
	for (size_t i = 0; !c->lost && i < ret->n; i++) {
		uint64_t type = uleb(c), form = uleb(c);

		/* Those of vendors are larger, and are neither names nor directories. */
		ret->type[i] = type < 0xff ? (unsigned char)type : 0xff;
		ret->form[i] = form < 0xff ? (unsigned char)form : 0xff;
	}
}

static void read_part(struct cursor *c, unsigned char type, unsigned char form, struct entry *ret)
{
	const char *name = NULL;
	uint64_t n = 0;

	switch (form) {
	case DW_FORM_string:
		name = string(c);
		break;
	case DW_FORM_line_strp:
		name = string_in(c, &c->h->line_str);
		break;
	case DW_FORM_strp:
		name = string_in(c, &c->h->str);
		break;
	case DW_FORM_udata:
		n = uleb(c);
		break;
	case DW_FORM_data1:
		n = number(c, 1);
		break;
	case DW_FORM_data2:
		n = number(c, 2);
		break;
	case DW_FORM_data4:
		n = number(c, 4);
		break;
	case DW_FORM_data8:
		n = number(c, 8);
		break;
	case DW_FORM_data16:
		skip(c, 16);
		break;
	case DW_FORM_block:
		skip(c, uleb(c));
		break;
	default:
		c->lost = true;
	}
	if (type == DW_LNCT_path)
		ret->name = name;
	if (type == DW_LNCT_directory_index)
		ret->dir = n;
}

static void read_entry(struct cursor *c, const struct format *f, struct entry *ret)
{
	*ret = (struct entry){0};
	for (size_t i = 0; i < f->n && !c->lost; i++)
		read_part(c, f->type[i], f->form[i], ret);
	if (!ret->name)
		c->lost = true;
}

/* Before version 5 both lists end with an empty name, and a file has two more numbers. */
static void read_old_entry(struct cursor *c, bool file, struct entry *ret)
{
	*ret = (struct entry){.name = string(c)};
	if (!file || !ret->name[0])
		return;
	ret->dir = uleb(c);
	uleb(c);
	uleb(c);
}

/* Both lists, from their beginnings. */
struct lists {
	struct cursor dirs, files;
	struct format dir, file;
	uint64_t dirs_num, files_num; /* since version 5 */
};

static void find_lists(const struct line_header *h, struct lists *ret)
{
	struct cursor c = {.h = h, .p = h->start};
	struct entry e;

	/*
	 * The size of an instruction, since version 4 how many there are at a time, three numbers
	 * about lines, and how many operands each opcode has.
	 */
	c.lost = h->version < 2 || h->version > 5;
	skip(&c, h->version >= 4 ? 5 : 4);
	skip(&c, number(&c, 1) - 1);
	if (h->version >= 5) {
		read_format(&c, &ret->dir);
		ret->dirs_num = uleb(&c);
		ret->dirs = c;
		for (uint64_t i = 0; i < ret->dirs_num && !c.lost; i++)
			read_entry(&c, &ret->dir, &e);
		read_format(&c, &ret->file);
		ret->files_num = uleb(&c);
	} else {
		ret->dirs = c;
		do {
			read_old_entry(&c, false, &e);
		} while (e.name[0]);
	}
	ret->files = c;
}

/* The directory with that number; NULL: it is that of the compilation, or there is none. */
static const char *directory(const struct line_header *h, const struct lists *l, uint64_t dir)
{
	struct cursor c = l->dirs;
	struct entry e = {0};

	if (h->version >= 5) {
		for (uint64_t i = 0; i <= dir && dir < l->dirs_num && !c.lost; i++)
			read_entry(&c, &l->dir, &e);
		return e.name;
	}
	for (uint64_t i = 0; i < dir; i++) {
		read_old_entry(&c, false, &e);
		if (!e.name[0])
			return NULL;
	}
	return e.name;
}

static bool is_file(const char *dir, const char *name, const char *path)
{
	char *whole = dir ? xasprintf("%s/%s", dir, name) : xstrdup(name);
	bool is = path_matches(whole, path) || path_matches(path, whole);

	free(whole);
	return is;
}

/* As compilers write the files: place of the name, directory, and clang a checksum. */
static bool is_usual(const struct line_header *h, const struct format *f)
{
	return h->version >= 5 && h->wide == 4 && (f->n == 2 || f->n == 3) &&
	       f->type[0] == DW_LNCT_path && f->form[0] == DW_FORM_line_strp &&
	       f->type[1] == DW_LNCT_directory_index && f->form[1] == DW_FORM_udata &&
	       (f->n == 2 || (f->type[2] == DW_LNCT_MD5 && f->form[2] == DW_FORM_data16));
}

/*
 * Do places of names say that no file has this one? There are hundreds of thousands of files in a
 * kernel's tables, so this only looks at what it needs.
 */
static bool has_no_such_name(const struct line_header *h, const struct lists *l,
			     const struct line_name *name)
{
	const unsigned char *p = l->files.p;
	size_t behind = l->file.n == 3 ? 16 : 0;

	if (l->files.lost || !is_usual(h, &l->file))
		return false;
	for (uint64_t i = 0; i < l->files_num; i++) {
		if (h->end - p < 5 || line_name_is_at(name, elf_file_number(h->d->elf, p, 4)))
			return false;
		p += 4;
		while (p < h->end && *p & 0x80)
			p++;
		if ((size_t)(h->end - p) < 1 + behind)
			return false;
		p += 1 + behind;
	}
	return true;
}

bool line_header_may_have(const struct line_header *h, const struct line_name *name)
{
	struct lists l = {0};
	struct cursor c;
	size_t same = 0;

	find_lists(h, &l);
	if (has_no_such_name(h, &l, name))
		return false;
	c = l.files;
	for (uint64_t i = 0; !c.lost && (h->version < 5 || i < l.files_num); i++) {
		struct entry e;

		if (h->version >= 5)
			read_entry(&c, &l.file, &e);
		else
			read_old_entry(&c, true, &e);
		if (c.lost || !e.name[0])
			break;
		/* There are hundreds of thousands; few go on. */
		if (strcmp(line_base(e.name), name->base) != 0)
			continue;
		if (same++ == SAME_NAMES_MAX ||
		    is_file(directory(h, &l, e.dir), e.name, name->path))
			return true;
	}
	return c.lost;
}

static struct line_strings find_strings(const struct dwarf_file *d, const char *section)
{
	size_t size;
	const unsigned char *text = dwarf_file_section(d, section, &size);

	if (!size || text[size - 1])
		return (struct line_strings){0};
	return (struct line_strings){(const char *)text, size};
}

void line_header_name(const struct dwarf_file *d, const char *path, struct line_name *ret)
{
	struct line_strings strings = find_strings(d, ".debug_line_str");

	line_name_find(path, &strings, ret);
}

bool line_header_at(const struct dwarf_file *d, uint64_t off, struct line_header *ret,
		    uint64_t *table)
{
	size_t size;
	const unsigned char *p = dwarf_file_section(d, ".debug_line", &size);
	size_t begin, before;
	uint64_t length, head;

	if (off >= size || size - off < 4)
		return false;
	p += off;
	size -= (size_t)off;
	*ret = (struct line_header){.d = d, .wide = 4};
	if (elf_file_number(d->elf, p, 4) == 0xffffffff)
		ret->wide = 8;
	begin = ret->wide == 8 ? 12 : 4;
	if (size < begin + 4 + ret->wide)
		return false;
	length = elf_file_number(d->elf, p + begin - ret->wide, ret->wide);
	ret->version = elf_file_number(d->elf, p + begin, 2);
	/* The sizes of addresses and segments stand before the head's own since version 5. */
	before = begin + (ret->version >= 5 ? 4 : 2);
	if (length > size - begin || length < before - begin + ret->wide)
		return false;
	*table = length + begin;
	head = elf_file_number(d->elf, p + before, ret->wide);
	if (head > *table - before - ret->wide)
		return false;
	ret->line_str = find_strings(d, ".debug_line_str");
	ret->str = find_strings(d, ".debug_str");
	ret->start = p + before + ret->wide;
	ret->end = ret->start + head;
	return true;
}
