// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing the patch: the shared object's bytes, with segments that begin with pages, and behind
 * them the tables, as sections that are not loaded.
 */
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "base/util.h"
#include "ulink/parts.h"

/* The file as it grows. */
struct bytes {
	unsigned char *data;
	size_t size, cap;
};

static uint64_t append(struct bytes *b, const void *data, size_t size)
{
	size_t start = (b->size + 7) & ~(size_t)7;

	while (start + size > b->cap) {
		b->cap = b->cap ? 2 * b->cap : 65536;
		b->data = xrealloc(b->data, b->cap, 1);
	}
	memset(b->data + b->size, 0, start - b->size);
	if (size)
		memcpy(b->data + start, data, size);
	b->size = start + size;
	return start;
}

/* Segments begin with pages, in memory and so in the file, where other bytes are before them. */
static int align_segments(const struct link_parts *p, struct bytes *b)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)(const void *)b->data;
	uint64_t end = 0;
	size_t count;

	if (elf_getphdrnum(p->object->elf->elf, &count) ||
	    e->e_phoff + count * sizeof(Elf64_Phdr) > b->size) {
		error("'%s': no program headers", p->object->path);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		unsigned char *place = b->data + e->e_phoff + i * sizeof(Elf64_Phdr);
		Elf64_Phdr ph;
		uint64_t before;

		memcpy(&ph, place, sizeof(ph));
		if (ph.p_type != PT_LOAD)
			continue;
		before = ph.p_align ? ph.p_vaddr % ph.p_align : 0;
		if (ph.p_vaddr - before < end || before > ph.p_offset) {
			error("'%s': two segments share a page", p->object->path);
			return -1;
		}
		ph.p_vaddr -= before;
		ph.p_paddr -= before;
		ph.p_offset -= before;
		ph.p_filesz += before;
		ph.p_memsz += before;
		end = (ph.p_vaddr + ph.p_memsz + ph.p_align - 1) / ph.p_align * ph.p_align;
		memcpy(place, &ph, sizeof(ph));
	}
	return 0;
}

/* Nothing fills in a word that stays zero. */
static void clear_weak(const struct link_parts *p, struct bytes *b)
{
	for (size_t i = 0; i < p->object->words; i++) {
		const struct dynamic_word *w = &p->object->word[i];
		const struct user_table_symbol *s;
		size_t section = binary_section(p->object, w->place);
		const GElf_Shdr *shdr = &p->object->elf->sec[section].shdr;
		uint64_t in = w->place - shdr->sh_addr;

		s = w->symbol ? user_table_symbol(p->table, w->symbol->name) : NULL;
		if (s && s->kind == USER_SYMBOL_ZERO && section && shdr->sh_type != SHT_NOBITS &&
		    in + 8 <= shdr->sh_size)
			memset(b->data + shdr->sh_offset + in, 0, 8);
	}
}

static size_t make_note(const struct link_parts *p, unsigned char **ret)
{
	size_t targets = p->head.targets * sizeof(*p->target), at = 0;
	Elf64_Nhdr header = {
		.n_namesz = sizeof(USER_NOTE_NAME),
		.n_descsz = (Elf64_Word)(sizeof(p->head) + targets),
		.n_type = USER_NOTE_TYPE,
	};
	unsigned char *note =
		xcalloc(1, sizeof(header) + sizeof(USER_NOTE_NAME) + sizeof(p->head) + targets);

	memcpy(note, &header, sizeof(header));
	at += sizeof(header);
	memcpy(note + at, USER_NOTE_NAME, sizeof(USER_NOTE_NAME));
	at += sizeof(USER_NOTE_NAME);
	memcpy(note + at, &p->head, sizeof(p->head));
	at += sizeof(p->head);
	memcpy(note + at, p->target, targets);
	*ret = note;
	return at + targets;
}

/* The object's sections as they are, then those of the tables, then the names of all. */
static void append_tables(const struct link_parts *p, struct bytes *b)
{
	unsigned char *note;
	const struct {
		const char *name;
		const void *data;
		size_t size, element;
		uint32_t type;
	} tables[] = {
		{USER_NOTE_SECTION, NULL, make_note(p, &note), 0, SHT_NOTE},
		{USER_FUNCS_SECTION, p->func, p->table->funcs * sizeof(*p->func), sizeof(*p->func),
		 SHT_PROGBITS},
		{USER_RANGES_SECTION, p->range, p->ranges * sizeof(*p->range), sizeof(*p->range),
		 SHT_PROGBITS},
		{USER_FIXUPS_SECTION, p->fixup, p->fixups * sizeof(*p->fixup), sizeof(*p->fixup),
		 SHT_PROGBITS},
		{USER_NAMES_SECTION, p->names.data, p->names.size, 0, SHT_PROGBITS},
	};
	const struct elf_file *f = p->object->elf;
	size_t old = f->shnum, n = old + ARRAY_SIZE(tables);
	Elf64_Shdr *shdr = xcalloc(n, sizeof(*shdr));
	struct strings names = {0};
	Elf64_Ehdr e;

	memcpy(&e, b->data, sizeof(e));
	memcpy(shdr, b->data + e.e_shoff, old * sizeof(*shdr));
	strings_init(&names, b->data + shdr[f->shstrndx].sh_offset, shdr[f->shstrndx].sh_size);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		shdr[old + i] = (Elf64_Shdr){
			.sh_name = strings_add(&names, tables[i].name),
			.sh_type = tables[i].type,
			.sh_size = tables[i].size,
			.sh_entsize = tables[i].element,
			.sh_addralign = 8,
		};
		shdr[old + i].sh_offset = append(b, i ? tables[i].data : note, tables[i].size);
	}
	shdr[f->shstrndx].sh_offset = append(b, names.data, names.size);
	shdr[f->shstrndx].sh_size = names.size;
	e.e_shoff = append(b, shdr, n * sizeof(*shdr));
	e.e_shnum = (Elf64_Half)n;
	memcpy(b->data, &e, sizeof(e));
	strings_free(&names);
	free(shdr);
	free(note);
}

static int write_bytes(const struct bytes *b, const char *path)
{
	struct output out;

	if (output_begin(&out, path))
		return -1;
	fwrite(b->data, b->size, 1, out.stream);
	return output_end(&out);
}

int link_output(struct link_parts *p, const char *path)
{
	struct bytes b = {0};
	const char *file;
	size_t size;
	int status;

	file = elf_rawfile(p->object->elf->elf, &size);
	if (!file || p->object->elf->shnum >= SHN_LORESERVE / 2) {
		error("'%s': it cannot be read", p->object->path);
		return -1;
	}
	append(&b, file, size);
	clear_weak(p, &b);
	status = align_segments(p, &b);
	if (!status) {
		append_tables(p, &b);
		status = write_bytes(&b, path);
	}
	free(b.data);
	return status;
}
