// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing the livepatch module: see link/write.h.
 *
 * The input is never changed; a new ELF file is made section by section. Symbols keep their
 * indexes and their order (locals first), so no relocation that stays has to change its symbol.
 */
#include "link/write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "base/util.h"
#include "elf/strings.h"
#include "klp/format.h"

struct writer {
	const struct link_plan *plan;
	const struct elf_file *in;
	Elf *out;
	size_t *map;		/* section index in the plan to the one in the output; 0: dropped */
	struct strings names;	/* of sections */
	struct strings symbols; /* of symbols */
	void **owned;		/* buffers that must live until elf_update() */
	size_t n, cap;
};

static void *own(struct writer *w, void *p)
{
	GROW(w->owned, w->n, w->cap);
	w->owned[w->n++] = p;
	return p;
}

static int elf_failed(const struct writer *w, const char *what)
{
	error("'%s': %s: %s", w->in->path, what, elf_errmsg(-1));
	return -1;
}

/* A new section with its data; data is only referred to. */
static Elf_Scn *add_section(struct writer *w, GElf_Shdr *shdr, Elf_Type type, void *data,
			    size_t size)
{
	Elf_Scn *scn = elf_newscn(w->out);
	Elf_Data *d = scn ? elf_newdata(scn) : NULL;

	if (!d || !gelf_update_shdr(scn, shdr))
		return NULL;
	d->d_buf = data;
	d->d_size = size;
	d->d_type = type;
	d->d_align = shdr->sh_addralign ? shdr->sh_addralign : 1;
	d->d_version = EV_CURRENT;
	return scn;
}

/* Of what klplink adds, only code has a size. */
static void make_own_symbol(struct writer *w, Elf64_Sym *sym, const struct new_symbol *new)
{
	sym->st_name = strings_add(&w->symbols, new->name);
	sym->st_info = ELF64_ST_INFO(STB_GLOBAL, new->size ? STT_FUNC : STT_OBJECT);
	sym->st_shndx = (Elf64_Section)w->map[new->section];
	sym->st_value = new->value;
	sym->st_size = new->size;
}

static void make_livepatch_symbol(struct writer *w, Elf64_Sym *sym, const char *name)
{
	sym->st_name = strings_add(&w->symbols, name);
	sym->st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE);
	sym->st_shndx = SHN_LIVEPATCH;
}

/*
 * All symbols in their order; the planned ones become livepatch symbols under their new name, and
 * added ones follow.
 */
static void *make_symtab(struct writer *w, size_t *size)
{
	size_t n = w->in->symnum + w->plan->added_num;
	Elf64_Sym *out = own(w, xcalloc(n, sizeof(*out)));

	for (size_t i = 0; i < w->in->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(w->in, i, &s);
		out[i] = (Elf64_Sym){
			.st_name = s.sym.st_name,
			.st_info = s.sym.st_info,
			.st_other = s.sym.st_other,
			.st_shndx = s.sym.st_shndx,
			.st_value = s.sym.st_value,
			.st_size = s.sym.st_size,
		};
		if (w->plan->symbol[i]) {
			make_livepatch_symbol(w, &out[i], w->plan->new_name[i]);
		} else if (!s.special) {
			/* A section symbol of what was dropped stands for nothing any more. */
			out[i].st_shndx =
				w->map[s.shndx] ? (Elf64_Section)w->map[s.shndx] : SHN_ABS;
		}
	}
	for (size_t i = w->in->symnum; i < n; i++) {
		const struct new_symbol *new = &w->plan->added[i - w->in->symnum];

		if (new->section)
			make_own_symbol(w, &out[i], new);
		else
			make_livepatch_symbol(w, &out[i], new->name);
	}
	*size = n * sizeof(*out);
	return out;
}

/*
 * A section group lists section indexes after its flag word; a dropped section is removed from it.
 */
static size_t renumber_group(const struct writer *w, unsigned char *data, size_t size)
{
	size_t kept = 4;

	for (size_t off = 4; off < size && size - off >= 4; off += 4) {
		uint64_t old = elf_file_number(w->in, data + off, 4);
		uint64_t new = old < w->in->shnum ? w->map[old] : 0;

		if (!new)
			continue;
		elf_file_store(w->in, data + kept, new, 4);
		kept += 4;
	}
	return kept < size ? kept : size;
}

/* A copy with so many zero bytes behind it. */
static unsigned char *lengthen(struct writer *w, const unsigned char *data, size_t *size, size_t by)
{
	unsigned char *out = own(w, xcalloc(*size + by, 1));

	if (*size)
		memcpy(out, data, *size);
	*size += by;
	return out;
}

/* A copy of plain section data, with what the plan changes in it. */
static int copy_data(struct writer *w, size_t index, void **ret, size_t *size)
{
	GElf_Word type = w->in->sec[index].shdr.sh_type;
	const unsigned char *data;
	unsigned char *copy = NULL;

	if (elf_file_bytes(w->in, index, &data, size))
		return -1;
	/* One number for each symbol, 0 where the symbol itself has it. */
	if (data)
		copy = lengthen(w, data, size,
				type == SHT_SYMTAB_SHNDX ? 4 * w->plan->added_num : 0);
	if (type == SHT_GROUP && copy)
		*size = renumber_group(w, copy, *size);
	for (size_t i = 0; i < w->plan->edits; i++) {
		const struct link_edit *e = &w->plan->edit[i];

		if (e->section == index)
			memcpy(copy + e->offset, e->bytes, e->size);
	}
	*ret = copy;
	return 0;
}

static int copy_section(struct writer *w, size_t index)
{
	const struct elf_section *s = &w->in->sec[index];
	GElf_Shdr shdr = s->shdr;
	Elf_Type type = ELF_T_BYTE;
	void *data = NULL;
	size_t size = 0;

	/* The names of kept sections stay where they are in the table. */
	shdr.sh_link = shdr.sh_link < w->in->shnum ? (GElf_Word)w->map[shdr.sh_link] : 0;
	if (shdr.sh_type == SHT_RELA || shdr.sh_type == SHT_REL || (shdr.sh_flags & SHF_INFO_LINK))
		shdr.sh_info = shdr.sh_info < w->in->shnum ? (GElf_Word)w->map[shdr.sh_info] : 0;
	if (index == w->in->symtab) {
		type = ELF_T_SYM;
		data = make_symtab(w, &size);
	} else if (shdr.sh_type == SHT_RELA) {
		type = ELF_T_RELA;
		data = w->plan->kept[index].r;
		size = w->plan->kept[index].n * sizeof(Elf64_Rela);
	} else if (index == w->in->shstrndx || index == w->in->sec[w->in->symtab].shdr.sh_link) {
		/* Filled in when all names are known. */
	} else if (shdr.sh_type == SHT_NOBITS) {
		size = shdr.sh_size;
	} else if (index == w->plan->modinfo) {
		data = w->plan->modinfo_data;
		size = w->plan->modinfo_size;
	} else if (copy_data(w, index, &data, &size)) {
		return -1;
	}
	return add_section(w, &shdr, type, data, size) ? 0 : elf_failed(w, s->name);
}

/* SHF_INFO_LINK and sh_link are for tools; the kernel looks at the other flags and sh_info. */
static int add_relas(struct writer *w, const char *name, GElf_Xword flags, size_t target,
		     const struct link_relas *relas)
{
	GElf_Shdr shdr = {
		.sh_name = strings_add(&w->names, name),
		.sh_type = SHT_RELA,
		.sh_flags = flags | SHF_INFO_LINK,
		.sh_link = (GElf_Word)w->map[w->in->symtab],
		.sh_info = (GElf_Word)w->map[target],
		.sh_addralign = 8,
		.sh_entsize = sizeof(Elf64_Rela),
	};

	if (add_section(w, &shdr, ELF_T_RELA, relas->r, relas->n * sizeof(*relas->r)))
		return 0;
	return elf_failed(w, name);
}

static int add_own_section(struct writer *w, size_t index)
{
	const struct own_section *o = &w->plan->own[index - w->in->shnum];
	const char *name = link_plan_section(w->plan, index);
	GElf_Shdr shdr = {
		.sh_name = strings_add(&w->names, name),
		.sh_type = SHT_PROGBITS,
		.sh_flags = SHF_ALLOC |
			    (index == w->in->shnum + LINK_STUBS ? SHF_EXECINSTR : SHF_WRITE),
		.sh_addralign = 8,
	};

	return add_section(w, &shdr, ELF_T_BYTE, o->data, o->size) ? 0 : elf_failed(w, name);
}

/* The kernel applies relocations in the order of sections; those of one section have one order. */
static int add_own_sections(struct writer *w)
{
	size_t first = w->in->shnum;

	for (size_t i = first; i < first + LINK_OWN; i++) {
		if (w->map[i] && add_own_section(w, i))
			return -1;
	}
	for (size_t i = first; i < first + LINK_OWN; i++) {
		const struct link_relas *relas = &w->plan->own[i - first].relas;
		char *name = xasprintf(".rela%s", link_plan_section(w->plan, i));
		int status = relas->n ? add_relas(w, name, 0, i, relas) : 0;

		free(name);
		if (status)
			return -1;
	}
	return 0;
}

static int finish_strings(struct writer *w, size_t index, struct strings *s)
{
	Elf_Data *d = elf_getdata(elf_getscn(w->out, w->map[index]), NULL);

	if (!d)
		return elf_failed(w, "string table");
	d->d_buf = s->data;
	d->d_size = s->size;
	return 0;
}

static int write_header(struct writer *w)
{
	GElf_Ehdr ehdr;

	if (!gelf_newehdr(w->out, ELFCLASS64) || !gelf_getehdr(w->out, &ehdr))
		return elf_failed(w, "ELF header");
	memcpy(ehdr.e_ident, w->in->ehdr.e_ident, EI_NIDENT);
	ehdr.e_type = w->in->ehdr.e_type;
	ehdr.e_machine = w->in->ehdr.e_machine;
	ehdr.e_version = w->in->ehdr.e_version;
	ehdr.e_flags = w->in->ehdr.e_flags;
	ehdr.e_shstrndx = (GElf_Half)w->map[w->in->shstrndx];
	return gelf_update_ehdr(w->out, &ehdr) ? 0 : elf_failed(w, "ELF header");
}

/* Numbers the kept sections in their order, then ours; the livepatch ones come after all others. */
static void number_sections(struct writer *w)
{
	size_t next = 1;

	w->map = xcalloc(w->in->shnum + LINK_OWN, sizeof(*w->map));
	for (size_t i = 1; i < w->in->shnum; i++)
		w->map[i] = w->plan->drop[i] ? 0 : next++;
	for (size_t i = 0; i < LINK_OWN; i++)
		w->map[w->in->shnum + i] = w->plan->own[i].size ? next++ : 0;
}

static int build(struct writer *w)
{
	size_t strtab = w->in->sec[w->in->symtab].shdr.sh_link;
	const unsigned char *data;
	size_t size;

	number_sections(w);
	if (elf_file_bytes(w->in, w->in->shstrndx, &data, &size))
		return -1;
	strings_init(&w->names, data, size);
	strings_init(&w->symbols, w->in->strtab, w->in->strsize);
	if (strtab == w->in->shstrndx) {
		error("'%s': sections and symbols share one string table", w->in->path);
		return -1;
	}
	if (write_header(w))
		return -1;
	for (size_t i = 1; i < w->in->shnum; i++) {
		if (!w->plan->drop[i] && copy_section(w, i))
			return -1;
	}
	if (add_own_sections(w))
		return -1;
	for (size_t i = 0; i < w->plan->klps; i++) {
		const struct klp_section *k = &w->plan->klp[i];

		if (add_relas(w, k->name, SHF_ALLOC | SHF_RELA_LIVEPATCH, k->target, &k->relas))
			return -1;
	}
	return finish_strings(w, w->in->shstrndx, &w->names) ||
			       finish_strings(w, strtab, &w->symbols)
		       ? -1
		       : 0;
}

/* libelf only says that it failed; errno says why (a full disk). */
static int write_elf(struct writer *w, const char *path)
{
	errno = 0;
	if (elf_update(w->out, ELF_C_WRITE) >= 0)
		return 0;
	error("'%s': cannot be written: %s", path, errno ? strerror(errno) : elf_errmsg(-1));
	return -1;
}

int link_write(const struct link_plan *plan, const char *path)
{
	struct writer w = {.plan = plan, .in = plan->in};
	struct output out;
	int status = -1;

	if (output_begin(&out, path))
		return -1;
	w.out = elf_begin(fileno(out.stream), ELF_C_WRITE, NULL);
	if (!w.out)
		elf_failed(&w, "output");
	else if (!build(&w))
		status = write_elf(&w, path);
	elf_end(w.out);
	for (size_t i = 0; i < w.n; i++)
		free(w.owned[i]);
	free(w.owned);
	free(w.map);
	strings_free(&w.names);
	strings_free(&w.symbols);
	if (status)
		output_cancel(&out);
	else
		status = output_end(&out);
	return status;
}
