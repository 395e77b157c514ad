// SPDX-License-Identifier: GPL-2.0-only
/* Reading programs and libraries: see binary/binary.h. */
#include "binary/binary.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "binary/relocation.h"

/* A section of that type with its elements, and the strings that it refers to. */
struct dynamic_part {
	size_t section; /* 0: there is none */
	const unsigned char *data;
	size_t n;
	const char *strings;
	size_t strings_size;
};

static int read_part(const struct binary *b, uint32_t type, size_t element,
		     struct dynamic_part *ret)
{
	const struct elf_file *f = b->elf;
	const unsigned char *strings;
	size_t size, link;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 1; i < f->shnum && !ret->section; i++) {
		if (f->sec[i].shdr.sh_type == type)
			ret->section = i;
	}
	if (!ret->section)
		return 0;
	link = f->sec[ret->section].shdr.sh_link;
	if (elf_file_bytes(f, ret->section, &ret->data, &size))
		return -1;
	if (size % element || link >= f->shnum || !size) {
		error("'%s': section '%s' is damaged", b->path, f->sec[ret->section].name);
		return -1;
	}
	ret->n = size / element;
	if (elf_file_bytes(f, link, &strings, &ret->strings_size))
		return -1;
	ret->strings = (const char *)strings;
	return 0;
}

/* A string of a part; NULL when the table has no such string. */
static const char *string_at(const struct dynamic_part *p, uint64_t offset)
{
	if (!p->strings || offset >= p->strings_size ||
	    !memchr(p->strings + offset, '\0', p->strings_size - offset))
		return NULL;
	return p->strings + offset;
}

static int damaged(const struct binary *b, const char *what)
{
	error("'%s': damaged: %s", b->path, what);
	return -1;
}

/* Does the linker say that it is a program? Libraries may have an interpreter: the C library can be
 * run, too. */
static bool is_program(const struct binary *b, const struct dynamic_part *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (elf_file_number(b->elf, p->data + 16 * i, 8) == DT_FLAGS_1 &&
		    (elf_file_number(b->elf, p->data + 16 * i + 8, 8) & DF_1_PIE))
			return true;
	}
	return b->elf->ehdr.e_type == ET_EXEC;
}

static int read_dynamic(struct binary *b)
{
	struct dynamic_part p;
	bool program;

	if (read_part(b, SHT_DYNAMIC, sizeof(Elf64_Dyn), &p))
		return -1;
	program = is_program(b, &p);
	for (size_t i = 0; i < p.n; i++) {
		uint64_t tag = elf_file_number(b->elf, p.data + 16 * i, 8);
		const char *s = string_at(&p, elf_file_number(b->elf, p.data + 16 * i + 8, 8));

		if (tag != DT_NEEDED && tag != DT_SONAME && tag != DT_RUNPATH && tag != DT_RPATH)
			continue;
		if (!s)
			return damaged(b, "a name of its dynamic section is outside of the table");
		if (tag == DT_NEEDED) {
			GROW(b->needed, b->needs, b->needs_cap);
			b->needed[b->needs++] = xstrdup(s);
		} else if (tag == DT_SONAME && !program && *s) {
			free(b->name);
			b->name = xstrdup(s);
			b->library = true;
		} else if (tag != DT_SONAME && (tag == DT_RUNPATH || !b->search)) {
			free(b->search);
			b->search = xstrdup(s);
		}
	}
	return 0;
}

/* The name of a version: a definition of the file itself, or one that it needs. */
static const char *version_name(const struct binary *b, const struct dynamic_part *defs,
				const struct dynamic_part *needs, uint16_t index)
{
	size_t def_size = b->elf->sec[defs->section].shdr.sh_size;
	size_t need_size = b->elf->sec[needs->section].shdr.sh_size;

	for (size_t at = 0; defs->section && at + sizeof(Elf64_Verdef) <= def_size;) {
		Elf64_Verdef d;
		Elf64_Verdaux aux;

		memcpy(&d, defs->data + at, sizeof(d));
		if (d.vd_ndx == index && d.vd_aux <= def_size - at &&
		    sizeof(aux) <= def_size - at - d.vd_aux) {
			memcpy(&aux, defs->data + at + d.vd_aux, sizeof(aux));
			return string_at(defs, aux.vda_name);
		}
		if (!d.vd_next || d.vd_next > def_size - at)
			break;
		at += d.vd_next;
	}
	for (size_t at = 0; needs->section && at + sizeof(Elf64_Verneed) <= need_size;) {
		Elf64_Verneed n;
		size_t aux_at;

		memcpy(&n, needs->data + at, sizeof(n));
		if (n.vn_aux > need_size - at)
			break;
		aux_at = at + n.vn_aux;
		for (size_t i = 0; i < n.vn_cnt && aux_at + sizeof(Elf64_Vernaux) <= need_size;
		     i++) {
			Elf64_Vernaux aux;

			memcpy(&aux, needs->data + aux_at, sizeof(aux));
			if (aux.vna_other == index)
				return string_at(needs, aux.vna_name);
			if (!aux.vna_next || aux.vna_next > need_size - aux_at)
				break;
			aux_at += aux.vna_next;
		}
		if (!n.vn_next || n.vn_next > need_size - at)
			break;
		at += n.vn_next;
	}
	return NULL;
}

static int read_symbols(struct binary *b)
{
	struct dynamic_part p, versions, defs, needs;

	if (read_part(b, SHT_DYNSYM, sizeof(Elf64_Sym), &p) ||
	    read_part(b, SHT_GNU_versym, sizeof(Elf64_Half), &versions) ||
	    read_part(b, SHT_GNU_verdef, 1, &defs) || read_part(b, SHT_GNU_verneed, 1, &needs))
		return -1;
	b->symbol = xcalloc(p.n + 1, sizeof(*b->symbol));
	for (size_t i = 0; i < p.n; i++) {
		struct dynamic_symbol *s = &b->symbol[b->symbols++];
		const char *version = NULL;
		uint16_t index = 1;
		Elf64_Sym sym;

		memcpy(&sym, p.data + i * sizeof(sym), sizeof(sym));
		s->name = string_at(&p, sym.st_name);
		if (!s->name)
			return damaged(b, "the name of a dynamic symbol is outside of the table");
		if (versions.section && i < versions.n)
			memcpy(&index, versions.data + 2 * i, sizeof(index));
		if ((index & 0x7fff) > VER_NDX_GLOBAL)
			version = version_name(b, &defs, &needs, index & 0x7fff);
		s->version = xstrdup(version ? version : "");
		s->hidden = index & 0x8000;
		s->addr = sym.st_value;
		s->size = sym.st_size;
		s->type = ELF64_ST_TYPE(sym.st_info);
		s->defined = sym.st_shndx != SHN_UNDEF;
		if (s->defined && !s->hidden)
			strmap_add(&b->exports, s->name, i);
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct dynamic_word *x = a, *y = b;

	return ORDER(x->place, y->place);
}

static int read_words(struct binary *b)
{
	const struct elf_file *f = b->elf;

	for (size_t i = 1; i < f->shnum; i++) {
		const unsigned char *data;
		size_t size;

		if (f->sec[i].shdr.sh_type != SHT_RELA || !(f->sec[i].shdr.sh_flags & SHF_ALLOC))
			continue;
		if (elf_file_bytes(f, i, &data, &size))
			return -1;
		for (size_t at = 0; at + sizeof(Elf64_Rela) <= size; at += sizeof(Elf64_Rela)) {
			struct dynamic_word *w;
			Elf64_Rela r;
			size_t symbol;

			memcpy(&r, data + at, sizeof(r));
			symbol = ELF64_R_SYM(r.r_info);
			if (symbol >= b->symbols && symbol)
				return damaged(b, "a relocation is against no symbol");
			GROW(b->word, b->words, b->words_cap);
			w = &b->word[b->words++];
			*w = (struct dynamic_word){
				.place = r.r_offset,
				.addend = (uint64_t)r.r_addend,
				.type = ELF64_R_TYPE(r.r_info),
				.symbol = symbol ? &b->symbol[symbol] : NULL,
			};
		}
	}
	if (b->words)
		qsort(b->word, b->words, sizeof(*b->word), by_place);
	return 0;
}

static int read_binary(struct binary *b)
{
	const char *slash = strrchr(b->path, '/');

	if (elf_file_open(b->path, &b->elf))
		return -1;
	b->name = xstrdup(slash ? slash + 1 : b->path);
	b->arch = arch_of(&b->elf->ehdr);
	if ((b->elf->ehdr.e_type != ET_EXEC && b->elf->ehdr.e_type != ET_DYN) || !b->arch ||
	    elf_file_is_big(b->elf)) {
		error("'%s': not a program or library of an architecture that klpmake knows",
		      b->path);
		return -1;
	}
	/* The jump, landing pads and guards of others are not known here. */
	if (b->elf->ehdr.e_machine != EM_X86_64) {
		error("'%s': a program of %s, and klpmake patches those of x86_64 only", b->path,
		      b->arch->name);
		return -1;
	}
	if (!elf_file_build_id(b->elf, b->id)) {
		error("'%s': it has no build-id, by which its processes and its debug information "
		      "could be recognised: link it with -Wl,--build-id",
		      b->path);
		return -1;
	}
	return read_dynamic(b) || read_symbols(b) || read_words(b) ? -1 : 0;
}

int binary_open(struct binary **ret, const char *path)
{
	struct binary *b = xcalloc(1, sizeof(*b));

	*ret = NULL;
	b->path = xstrdup(path);
	if (read_binary(b)) {
		binary_close(b);
		return -1;
	}
	*ret = b;
	return 0;
}

void binary_close(struct binary *b)
{
	if (!b)
		return;
	if (b->debug != b->elf)
		elf_file_close(b->debug);
	elf_file_close(b->old);
	elf_file_close(b->elf);
	for (size_t i = 0; i < b->needs; i++)
		free(b->needed[i]);
	for (size_t i = 0; i < b->symbols; i++)
		free(b->symbol[i].version);
	strmap_free(&b->exports);
	free(b->needed);
	free(b->search);
	free(b->symbol);
	free(b->word);
	free(b->debug_path);
	free(b->name);
	free(b->path);
	free(b);
}

const struct dynamic_symbol *binary_export(const struct binary *b, const char *name)
{
	const size_t *number = strmap_get(&b->exports, name);

	return number ? &b->symbol[*number] : NULL;
}

const struct dynamic_word *binary_word(const struct binary *b, uint64_t place)
{
	size_t i = COUNT_FIRST(k, b->words, b->word[k].place < place);

	return i < b->words && b->word[i].place == place ? &b->word[i] : NULL;
}

const struct dynamic_word *binary_slot(const struct binary *b, const char *name)
{
	const struct dynamic_word *call = NULL;

	for (size_t i = 0; i < b->words; i++) {
		const struct dynamic_word *w = &b->word[i];
		enum word_kind kind = word_kind(b->elf->ehdr.e_machine, w->type);

		if (!w->symbol || w->addend || strcmp(w->symbol->name, name) != 0)
			continue;
		/* That one is filled in before the program starts. */
		if (kind == WORD_SYMBOL)
			return w;
		if (kind == WORD_CALL)
			call = w;
	}
	return call;
}

const struct dynamic_word *binary_resolved(const struct binary *b, uint64_t resolver)
{
	for (size_t i = 0; i < b->words; i++) {
		if (word_kind(b->elf->ehdr.e_machine, b->word[i].type) == WORD_RESOLVER &&
		    b->word[i].addend == resolver)
			return &b->word[i];
	}
	return NULL;
}

const struct dynamic_word *binary_tlsmod(const struct binary *b)
{
	for (size_t i = 0; i < b->words; i++) {
		const struct dynamic_word *w = &b->word[i];

		if (word_kind(b->elf->ehdr.e_machine, w->type) == WORD_TLSMOD &&
		    (!w->symbol || w->symbol->defined))
			return w;
	}
	return NULL;
}

size_t binary_section(const struct binary *b, uint64_t addr)
{
	for (size_t i = 1; i < b->elf->shnum; i++) {
		const GElf_Shdr *s = &b->elf->sec[i].shdr;

		if ((s->sh_flags & SHF_ALLOC) && !(s->sh_flags & SHF_TLS) && addr >= s->sh_addr &&
		    addr - s->sh_addr < s->sh_size)
			return i;
	}
	return 0;
}
