// SPDX-License-Identifier: GPL-2.0-only
/* Reading ELF files: one validation pass, then plain accessors. See elf/elf_file.h. */
#include "elf/elf_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/search.h"
#include "base/util.h"
#include "elf/unpack.h"

static bool in_range(uint64_t off, uint64_t len, uint64_t size)
{
	return off <= size && len <= size - off;
}

/* A string table is safe when each offset below its size is a terminated string. */
static int load_strings(const struct elf_file *f, size_t index, const char *what, const char **ret,
			size_t *size)
{
	const unsigned char *data;

	if (index >= f->shnum || f->sec[index].shdr.sh_type != SHT_STRTAB) {
		error("'%s': %s is not a string table", f->path, what);
		return -1;
	}
	if (elf_file_bytes(f, index, &data, size))
		return -1;
	if (*size == 0 || data[*size - 1] != '\0') {
		error("'%s': %s is empty or does not end with a NUL", f->path, what);
		return -1;
	}
	*ret = (const char *)data;
	return 0;
}

/* Bytes of the file, and what they are. */
struct extent {
	uint64_t start, end;
	size_t section; /* 0: the ELF header or the section headers, see name */
	const char *name;
};

static int by_start(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return ORDER(x->start, y->start);
}

static int refuse_overlap(const struct elf_file *f, const struct extent *a, const struct extent *b)
{
	const char *quote[2] = {a->section ? "'" : "", b->section ? "'" : ""};

	error("'%s': damaged: %s%s%s and %s%s%s overlap", f->path, quote[0], a->name, quote[0],
	      quote[1], b->name, quote[1]);
	return -1;
}

/*
 * No linker lets sections share bytes. What is done with one of them (decompressing it, say) would
 * be done to another that has been validated.
 */
static int check_overlaps(const struct elf_file *f)
{
	struct extent *e = xcalloc(f->shnum + 2, sizeof(*e));
	size_t n = 0, last = 0;
	int status = 0;

	e[n++] = (struct extent){0, f->ehdr.e_ehsize, 0, "the ELF header"};
	e[n++] = (struct extent){f->ehdr.e_shoff, f->ehdr.e_shoff + f->shnum * sizeof(Elf64_Shdr),
				 0, "the section headers"};
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *s = &f->sec[i].shdr;

		if (s->sh_type != SHT_NOBITS && s->sh_type != SHT_NULL && s->sh_size)
			e[n++] = (struct extent){s->sh_offset, s->sh_offset + s->sh_size, i,
						 f->sec[i].name};
	}
	qsort(e, n, sizeof(*e), by_start);
	for (size_t i = 1; i < n && !status; i++) {
		if (e[i].start < e[last].end)
			status = refuse_overlap(f, &e[last], &e[i]);
		if (e[i].end > e[last].end)
			last = i;
	}
	free(e);
	return status;
}

static int read_sections(struct elf_file *f, uint64_t file_size)
{
	const char *names = NULL;
	size_t names_size = 0;

	f->sec = xcalloc(f->shnum, sizeof(*f->sec));
	for (size_t i = 0; i < f->shnum; i++) {
		struct elf_section *s = &f->sec[i];

		s->name = "";
		s->scn = elf_getscn(f->elf, i);
		if (!s->scn || !gelf_getshdr(s->scn, &s->shdr)) {
			error("'%s': section %zu: no header: %s", f->path, i, elf_errmsg(-1));
			return -1;
		}
		if (i != 0 && s->shdr.sh_type != SHT_NOBITS &&
		    !in_range(s->shdr.sh_offset, s->shdr.sh_size, file_size)) {
			error("'%s': section %zu lies outside the file (truncated?)", f->path, i);
			return -1;
		}
	}
	if (load_strings(f, f->shstrndx, "the section name table", &names, &names_size))
		return -1;
	for (size_t i = 0; i < f->shnum; i++) {
		if (f->sec[i].shdr.sh_name >= names_size) {
			error("'%s': section %zu: its name lies outside the name table", f->path,
			      i);
			return -1;
		}
		f->sec[i].name = names + f->sec[i].shdr.sh_name;
	}
	return check_overlaps(f);
}

/* As gelf_getsymshndx() does for a table that read_symtab() has looked at, several times as fast.
 */
static GElf_Word get_symbol(const struct elf_file *f, size_t i, GElf_Sym *ret)
{
	GElf_Word xndx = 0;

	memcpy(ret, (const GElf_Sym *)f->symdata->d_buf + i, sizeof(*ret));
	if (f->symxndx)
		memcpy(&xndx, (const GElf_Word *)f->symxndx->d_buf + i, sizeof(xndx));
	return xndx;
}

static int check_symbols(const struct elf_file *f)
{
	for (size_t i = 0; i < f->symnum; i++) {
		GElf_Sym sym;
		GElf_Word xndx = get_symbol(f, i, &sym);

		if (sym.st_name >= f->strsize) {
			error("'%s': symbol %zu: its name lies outside the string table", f->path,
			      i);
			return -1;
		}
		if (sym.st_shndx == SHN_XINDEX && !f->symxndx) {
			error("'%s': symbol %zu: extended section index without a table", f->path,
			      i);
			return -1;
		}
		if ((sym.st_shndx == SHN_XINDEX && xndx >= f->shnum) ||
		    (sym.st_shndx < SHN_LORESERVE && sym.st_shndx >= f->shnum)) {
			error("'%s': symbol '%s': section index out of range", f->path,
			      f->strtab + sym.st_name);
			return -1;
		}
	}
	return 0;
}

static int read_symtab(struct elf_file *f)
{
	size_t xndx = 0;
	const GElf_Shdr *shdr;

	for (size_t i = 1; i < f->shnum; i++) {
		if (f->sec[i].shdr.sh_type == SHT_SYMTAB_SHNDX)
			xndx = i;
		if (f->sec[i].shdr.sh_type != SHT_SYMTAB)
			continue;
		if (f->symtab) {
			error("'%s': more than one symbol table", f->path);
			return -1;
		}
		f->symtab = i;
	}
	if (!f->symtab)
		return 0;
	shdr = &f->sec[f->symtab].shdr;
	if (shdr->sh_entsize != sizeof(Elf64_Sym) || shdr->sh_size % sizeof(Elf64_Sym) ||
	    shdr->sh_size / sizeof(Elf64_Sym) > INT32_MAX) {
		error("'%s': the symbol table has entries of an odd size", f->path);
		return -1;
	}
	if (load_strings(f, shdr->sh_link, "the symbol name table", &f->strtab, &f->strsize))
		return -1;
	f->symdata = elf_getdata(f->sec[f->symtab].scn, NULL);
	if (!f->symdata || f->symdata->d_size != shdr->sh_size) {
		error("'%s': the symbol table cannot be read: %s", f->path, elf_errmsg(-1));
		return -1;
	}
	if (xndx) {
		f->symxndx = elf_getdata(f->sec[xndx].scn, NULL);
		if (!f->symxndx || f->symxndx->d_size / 4 < shdr->sh_size / sizeof(Elf64_Sym)) {
			error("'%s': the table of extended section indexes is too short", f->path);
			return -1;
		}
	}
	f->symnum = shdr->sh_size / sizeof(Elf64_Sym);
	return check_symbols(f);
}

static int read_headers(struct elf_file *f)
{
	size_t file_size;

	if (elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &f->ehdr)) {
		error("'%s': not an ELF file", f->path);
		return -1;
	}
	if (gelf_getclass(f->elf) != ELFCLASS64) {
		error("'%s': not a 64-bit ELF file", f->path);
		return -1;
	}
	if (!elf_rawfile(f->elf, &file_size) || elf_getshdrnum(f->elf, &f->shnum) ||
	    elf_getshdrstrndx(f->elf, &f->shstrndx) || f->shnum == 0) {
		error("'%s': no section headers (truncated?)", f->path);
		return -1;
	}
	if (read_sections(f, file_size))
		return -1;
	return read_symtab(f);
}

static int open_file(struct elf_file *f)
{
	if (is_packed(f->path)) {
		size_t size;

		if (unpack(f->path, &f->unpacked, &size))
			return -1;
		f->elf = elf_memory(f->unpacked, size);
	} else {
		f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
		if (f->fd < 0) {
			error("'%s': %s", f->path, strerror(errno));
			return -1;
		}
		/* The one command with which libelf keeps headers that it changes (it decompresses
		 * sections) out of the mapping.
		 */
		f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	}
	if (f->elf)
		return 0;
	error("'%s': %s", f->path, elf_errmsg(-1));
	return -1;
}

int elf_file_open(const char *path, struct elf_file **ret)
{
	struct elf_file *f = xcalloc(1, sizeof(*f));

	elf_version(EV_CURRENT);
	f->path = xstrdup(path);
	f->fd = -1;
	if (open_file(f) || read_headers(f)) {
		elf_file_close(f);
		return -1;
	}
	*ret = f;
	return 0;
}

void elf_file_close(struct elf_file *f)
{
	if (!f)
		return;
	elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	free(f->sec);
	free(f->unpacked);
	free(f->path);
	free(f);
}

size_t elf_file_section(const struct elf_file *f, const char *name)
{
	for (size_t i = 1; i < f->shnum; i++) {
		if (!strcmp(f->sec[i].name, name))
			return i;
	}
	return 0;
}

int elf_file_bytes(const struct elf_file *f, size_t index, const unsigned char **data, size_t *size)
{
	const struct elf_section *s = &f->sec[index];
	Elf_Data *d;

	*data = NULL;
	*size = 0;
	if (s->shdr.sh_type == SHT_NOBITS || s->shdr.sh_size == 0)
		return 0;
	d = elf_rawdata(s->scn, NULL);
	if (!d || !d->d_buf || d->d_size != s->shdr.sh_size) {
		error("'%s': section '%s' cannot be read: %s", f->path, s->name, elf_errmsg(-1));
		return -1;
	}
	*data = d->d_buf;
	*size = d->d_size;
	return 0;
}

void elf_file_symbol(const struct elf_file *f, size_t i, struct elf_symbol *ret)
{
	GElf_Word xndx = get_symbol(f, i, &ret->sym);

	ret->index = i;
	ret->name = f->strtab + ret->sym.st_name;
	ret->shndx = ret->sym.st_shndx == SHN_XINDEX ? xndx : ret->sym.st_shndx;
	ret->special = ret->sym.st_shndx == SHN_UNDEF ||
		       (ret->sym.st_shndx >= SHN_LORESERVE && ret->sym.st_shndx != SHN_XINDEX);
}

bool elf_file_symbol_at(const struct elf_file *f, size_t section, uint64_t offset,
			struct elf_symbol *ret, const char **file)
{
	bool code = f->sec[section].shdr.sh_flags & SHF_EXECINSTR;
	const char *current = NULL;
	bool found = false;

	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(f, i, &s);
		if (GELF_ST_TYPE(s.sym.st_info) == STT_FILE)
			current = s.name[0] ? s.name : NULL;
		if (s.special || s.shndx != section || !s.name[0] ||
		    GELF_ST_TYPE(s.sym.st_info) != (code ? STT_FUNC : STT_OBJECT) ||
		    s.sym.st_value > offset)
			continue;
		if (s.sym.st_value != offset && (found || offset - s.sym.st_value >= s.sym.st_size))
			continue;
		*ret = s;
		*file = GELF_ST_BIND(s.sym.st_info) == STB_LOCAL ? current : NULL;
		found = true;
		if (s.sym.st_value == offset)
			return true;
	}
	return found;
}

const unsigned char *elf_file_at(const struct elf_file *f, uint64_t addr, uint64_t size)
{
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *shdr = &f->sec[i].shdr;
		const unsigned char *data;
		size_t len;

		if (!(shdr->sh_flags & SHF_ALLOC) || (shdr->sh_flags & SHF_TLS) ||
		    shdr->sh_type == SHT_NOBITS || addr < shdr->sh_addr ||
		    !in_range(addr - shdr->sh_addr, size, shdr->sh_size))
			continue;
		if (elf_file_bytes(f, i, &data, &len) || !data)
			return NULL;
		return data + (addr - shdr->sh_addr);
	}
	return NULL;
}

const char *elf_file_order(const struct elf_file *f)
{
	return elf_file_is_big(f) ? "big-endian" : "little-endian";
}

uint64_t elf_file_number(const struct elf_file *f, const void *p, size_t size)
{
	const unsigned char *b = p;
	bool big = elf_file_is_big(f);
	uint64_t v = 0;
	uint32_t half;

	/* Whole sections are read by these two. */
	if (size == sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		return big ? be64toh(v) : le64toh(v);
	}
	if (size == sizeof(half)) {
		memcpy(&half, p, sizeof(half));
		return big ? be32toh(half) : le32toh(half);
	}
	for (size_t i = 0; i < size; i++)
		v = v << 8 | b[big ? i : size - 1 - i];
	return v;
}

void elf_file_store(const struct elf_file *f, void *p, uint64_t value, size_t size)
{
	bool big = elf_file_is_big(f);
	unsigned char *b = p;

	for (size_t i = 0; i < size; i++)
		b[big ? size - 1 - i : i] = (unsigned char)(value >> (8 * i));
}

bool elf_note_build_id(const struct elf_file *f, const unsigned char *notes, size_t size, char *buf)
{
	size_t pos = 0;

	while (in_range(pos, 12, size)) {
		uint64_t namesz = elf_file_number(f, notes + pos, 4);
		uint64_t descsz = elf_file_number(f, notes + pos + 4, 4);
		uint64_t type = elf_file_number(f, notes + pos + 8, 4);
		uint64_t name = pos + 12, desc = name + ((namesz + 3) & ~3ull);

		if (!in_range(desc, descsz, size) || desc < name)
			return false;
		if (type == NT_GNU_BUILD_ID && namesz == 4 && !memcmp(notes + name, "GNU", 4) &&
		    descsz > 0 && descsz <= (ELF_BUILD_ID_MAX - 1) / 2) {
			for (size_t i = 0; i < descsz; i++)
				sprintf(buf + 2 * i, "%02x", notes[desc + i]);
			return true;
		}
		pos = desc + ((descsz + 3) & ~3ull);
	}
	return false;
}

bool elf_file_build_id(const struct elf_file *f, char *buf)
{
	for (size_t i = 1; i < f->shnum; i++) {
		const unsigned char *data;
		size_t size;

		if (f->sec[i].shdr.sh_type != SHT_NOTE || elf_file_bytes(f, i, &data, &size))
			continue;
		if (elf_note_build_id(f, data, size, buf))
			return true;
	}
	return false;
}

bool elf_file_same_place(const struct elf_file *from, uint64_t place, const struct elf_file *to,
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
