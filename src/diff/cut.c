// SPDX-License-Identifier: GPL-2.0-only
/* Writing the cut object: see diff/cut.h. */
#include "diff/cut.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "base/util.h"
#include "diff/layout.h"
#include "diff/relink.h"
#include "diff/sections.h"
#include "diff/symtab.h"
#include "dwarf/sections.h"
#include "elf/relocs.h"

struct cutter {
	const struct diff *d;
	const struct pieces *p;
	const struct selection *s;
	struct elf_file plain; /* with the sizes without compression, that relocations are for */
	struct layout layout;
	struct symtab symtab;
	struct strings names; /* of sections */
	Elf *out;
	unsigned char **data; /* by section of the old file */
	Elf64_Rela **rela;
	size_t *relas;
	bool *tombstone; /* by section of the old file: zeros would end its lists */
};

static int elf_failed(const struct cutter *c, const char *what)
{
	error("'%s': %s: %s", c->p->elf->path, what, elf_errmsg(-1));
	return -1;
}

static void add_rela(struct cutter *c, size_t section, uint64_t offset, size_t symbol,
		     uint32_t type, int64_t addend)
{
	size_t n = c->relas[section]++;

	/* Room doubles whenever the number is a power of two. */
	if (!(n & (n - 1)))
		c->rela[section] =
			xrealloc(c->rela[section], n ? 2 * n : 1, sizeof(*c->rela[section]));
	c->rela[section][n] = (Elf64_Rela){
		.r_offset = offset, .r_info = ELF64_R_INFO(symbol, type), .r_addend = addend};
}

/* A reference of a piece that is cut out. */
static int add_ref(struct cutter *c, size_t from, const struct piece_ref *r)
{
	const struct piece *x = &c->p->piece[from];
	uint64_t offset = c->layout.at[from] + (r->offset - x->start);
	size_t symbol = c->symtab.map[r->symbol];
	int64_t addend = r->addend;

	if (r->piece == NO_PIECE || !c->s->in[r->piece]) {
		symbol = symtab_outside(&c->symtab, &c->layout, r);
		addend = (int64_t)((uint64_t)r->to - r->tail);
		if (!symbol) {
			error("'%s': '%s' refers to what is in no section that is loaded",
			      c->p->elf->path, piece_name(c->p, from));
			return -1;
		}
	} else if (!symbol) {
		symbol = c->symtab.section[c->p->piece[r->piece].section];
		addend = (int64_t)(c->layout.at[r->piece] + c->p->piece[r->piece].lead +
				   (uint64_t)r->to - r->tail);
	}
	add_rela(c, x->section, offset, symbol, r->type, addend);
	return 0;
}

static int copy_piece(struct cutter *c, size_t piece)
{
	const struct piece *x = &c->p->piece[piece];
	const unsigned char *bytes;
	size_t size;

	if (elf_file_bytes(c->p->elf, x->section, &bytes, &size))
		return -1;
	if (bytes && x->end <= size)
		memcpy(c->data[x->section] + c->layout.at[piece], bytes + x->start,
		       x->end - x->start);
	for (size_t r = x->ref; r < x->ref + x->refs; r++) {
		if (add_ref(c, piece, &c->p->ref[r]))
			return -1;
	}
	return 0;
}

/* Has the code load what the kernel would have written into it. */
static int load_constants(struct cutter *c, size_t piece)
{
	const struct pieces *p = c->p;
	const struct piece *x = &p->piece[piece];
	const size_t *entry;
	size_t n = pieces_entries(p, piece, &entry);

	for (size_t i = 0; i < n; i++) {
		const struct piece *e = &p->piece[entry[i]];
		const char *name = section_runtime_variable(&p->elf->sec[e->section]);
		uint64_t at = c->layout.at[piece] + (uint64_t)p->ref[e->ref].to;
		size_t operand;

		if (!name)
			continue;
		operand = at + 8 <= c->layout.size[x->section]
				  ? p->arch->code.load_constant(c->data[x->section], at)
				  : 0;
		if (!operand) {
			error("'%s': '%s' has the value of '%s' in an instruction that klpmake "
			      "does not know",
			      p->elf->path, piece_name(p, piece), name);
			return -1;
		}
		add_rela(c, x->section, operand, *strmap_get(&c->symtab.undefined, name),
			 p->arch->pc32, -4);
	}
	return 0;
}

/* Debug information about what was left out: no relocation, and no end of a list either. */
static void forget(struct cutter *c, const struct reloc *r)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->p->arch, r->type);
	uint64_t size = c->layout.size[r->section];

	if (c->tombstone[r->section] && type && type->size <= 8 && r->offset <= size &&
	    size - r->offset >= type->size)
		elf_file_store(c->p->elf, c->data[r->section] + r->offset, 1, type->size);
}

static void add_debug_ref(struct cutter *c, const struct reloc *r)
{
	const struct elf_file *f = c->p->elf;
	struct elf_symbol sym;
	uint64_t to;

	elf_file_symbol(f, r->symbol, &sym);
	to = sym.sym.st_value + (uint64_t)r->addend;
	if (!sym.special && sym.shndx && layout_is_whole(&f->sec[sym.shndx]))
		add_rela(c, r->section, r->offset, c->symtab.section[sym.shndx], r->type,
			 (int64_t)to);
	else if (!sym.special && sym.shndx && layout_place(&c->layout, sym.shndx, to, &to))
		add_rela(c, r->section, r->offset, c->symtab.section[sym.shndx], r->type,
			 (int64_t)to);
	else
		forget(c, r);
}

static int copy_whole(struct cutter *c, size_t section)
{
	const struct elf_section *s = &c->p->elf->sec[section];
	const Elf_Data *data = c->layout.size[section] ? debug_section_data(s) : NULL;
	struct relocs relocs;

	if (c->layout.size[section] && (!data || data->d_size != c->layout.size[section])) {
		error("'%s': section '%s' cannot be read: %s", c->p->elf->path, s->name,
		      elf_errmsg(-1));
		return -1;
	}
	if (data)
		memcpy(c->data[section], data->d_buf, data->d_size);
	c->tombstone[section] = !strcmp(s->name, ".debug_ranges") || !strcmp(s->name, ".debug_loc");
	if (relocs_read_section(&c->plain, section, &relocs))
		return -1;
	for (size_t i = 0; i < relocs.n; i++) {
		if (relocs.r[i].type)
			add_debug_ref(c, &relocs.r[i]);
	}
	relocs_free(&relocs);
	return 0;
}

static int fill(struct cutter *c)
{
	const struct elf_file *f = c->p->elf;

	for (size_t i = 1; i < f->shnum; i++) {
		if (!c->layout.map[i])
			continue;
		if (f->sec[i].shdr.sh_type != SHT_NOBITS)
			c->data[i] = xcalloc(c->layout.size[i], 1);
		if (layout_is_whole(&f->sec[i]) && copy_whole(c, i))
			return -1;
	}
	for (size_t i = 0; i < c->p->n; i++) {
		if (c->s->in[i] && (copy_piece(c, i) || load_constants(c, i)))
			return -1;
	}
	return 0;
}

static int add_section(struct cutter *c, const char *name, GElf_Shdr *shdr, Elf_Type type,
		       void *data, size_t size)
{
	Elf_Scn *scn = elf_newscn(c->out);
	Elf_Data *d = scn ? elf_newdata(scn) : NULL;

	shdr->sh_name = strings_add(&c->names, name);
	if (!d || !gelf_update_shdr(scn, shdr))
		return elf_failed(c, name);
	d->d_buf = data;
	d->d_size = size;
	d->d_type = type;
	d->d_align = shdr->sh_addralign ? shdr->sh_addralign : 1;
	d->d_version = EV_CURRENT;
	return 0;
}

/* The section that an ordered one is about: that of the first piece that its entries are about. */
static size_t ordered_by(const struct cutter *c, size_t section)
{
	for (size_t i = c->p->first[section]; i < c->p->first[section + 1]; i++) {
		size_t about = c->p->piece[i].about;

		if (c->s->in[i] && about != NO_PIECE)
			return c->layout.map[c->p->piece[about].section];
	}
	return 0;
}

static int add_sections(struct cutter *c)
{
	const struct elf_file *f = c->p->elf;

	for (size_t i = 1; i < f->shnum; i++) {
		GElf_Shdr shdr;

		if (!c->layout.map[i])
			continue;
		/* What was compressed is not any more. */
		if (!gelf_getshdr(f->sec[i].scn, &shdr))
			return elf_failed(c, f->sec[i].name);
		shdr.sh_flags &= ~(GElf_Xword)SHF_GROUP;
		shdr.sh_info = 0;
		shdr.sh_link = shdr.sh_flags & SHF_LINK_ORDER ? (GElf_Word)ordered_by(c, i) : 0;
		if (add_section(c, f->sec[i].name, &shdr, ELF_T_BYTE, c->data[i],
				c->layout.size[i]))
			return -1;
	}
	return 0;
}

/* Behind them: their relocations, the symbols, and the names. */
static int add_rest(struct cutter *c)
{
	size_t next = c->layout.sections;
	GElf_Shdr shdr;
	int status = 0;

	for (size_t i = 1; i < c->p->elf->shnum; i++)
		next += c->relas[i] != 0;
	for (size_t i = 1; i < c->p->elf->shnum && !status; i++) {
		char *name = xasprintf(".rela%s", c->p->elf->sec[i].name);

		shdr = (GElf_Shdr){.sh_type = SHT_RELA,
				   .sh_flags = SHF_INFO_LINK,
				   .sh_link = (GElf_Word)next,
				   .sh_info = (GElf_Word)c->layout.map[i],
				   .sh_addralign = 8,
				   .sh_entsize = sizeof(Elf64_Rela)};
		if (c->relas[i])
			status = add_section(c, name, &shdr, ELF_T_RELA, c->rela[i],
					     c->relas[i] * sizeof(**c->rela));
		free(name);
	}
	shdr = (GElf_Shdr){.sh_type = SHT_SYMTAB,
			   .sh_link = (GElf_Word)next + 1,
			   .sh_info = (GElf_Word)c->symtab.locals,
			   .sh_addralign = 8,
			   .sh_entsize = sizeof(Elf64_Sym)};
	status = status || add_section(c, ".symtab", &shdr, ELF_T_SYM, c->symtab.sym,
				       c->symtab.n * sizeof(*c->symtab.sym));
	shdr = (GElf_Shdr){.sh_type = SHT_STRTAB, .sh_addralign = 1};
	status = status || add_section(c, ".strtab", &shdr, ELF_T_BYTE, c->symtab.names.data,
				       c->symtab.names.size);
	status = status || add_section(c, ".shstrtab", &shdr, ELF_T_BYTE, NULL, 0);
	if (!status) {
		Elf_Data *d = elf_getdata(elf_getscn(c->out, next + 2), NULL);

		d->d_buf = c->names.data;
		d->d_size = c->names.size;
	}
	return status ? -1 : (int)(next + 2);
}

static int write_header(struct cutter *c, int names)
{
	const GElf_Ehdr *was = &c->p->elf->ehdr;
	GElf_Ehdr ehdr;

	if (!gelf_getehdr(c->out, &ehdr))
		return elf_failed(c, "ELF header");
	memcpy(ehdr.e_ident, was->e_ident, EI_NIDENT);
	ehdr.e_type = ET_REL;
	ehdr.e_machine = was->e_machine;
	ehdr.e_version = was->e_version;
	ehdr.e_flags = was->e_flags;
	ehdr.e_shstrndx = (GElf_Half)names;
	return gelf_update_ehdr(c->out, &ehdr) ? 0 : elf_failed(c, "ELF header");
}

static int build(struct cutter *c, const char *path)
{
	int names;

	/* Twice: relocations have sections of their own. */
	if (2 * c->layout.sections + 4 >= SHN_LORESERVE) {
		error("'%s': too many sections are cut out", c->p->elf->path);
		return -1;
	}
	if (fill(c))
		return -1;
	if (!gelf_newehdr(c->out, ELFCLASS64))
		return elf_failed(c, "ELF header");
	if (add_sections(c))
		return -1;
	names = add_rest(c);
	if (names < 0 || write_header(c, names))
		return -1;
	errno = 0;
	if (elf_update(c->out, ELF_C_WRITE) >= 0)
		return 0;
	error("'%s': cannot be written: %s", path, errno ? strerror(errno) : elf_errmsg(-1));
	return -1;
}

static void begin(struct cutter *c)
{
	size_t n = c->p->elf->shnum;

	layout_make(&c->layout, c->p, c->s);
	symtab_make(&c->symtab, c->d, &c->layout);
	strings_init(&c->names, "", 1);
	c->data = xcalloc(n, sizeof(*c->data));
	c->rela = xcalloc(n, sizeof(*c->rela));
	c->relas = xcalloc(n, sizeof(*c->relas));
	c->tombstone = xcalloc(n, sizeof(*c->tombstone));
	c->plain = *c->p->elf;
	c->plain.sec = xcalloc(n, sizeof(*c->plain.sec));
	for (size_t i = 1; i < n; i++) {
		c->plain.sec[i] = c->p->elf->sec[i];
		if (layout_is_whole(&c->plain.sec[i]))
			c->plain.sec[i].shdr.sh_size = c->layout.size[i];
	}
}

static void end(struct cutter *c)
{
	for (size_t i = 0; i < c->p->elf->shnum; i++) {
		free(c->data[i]);
		free(c->rela[i]);
	}
	free(c->data);
	free(c->rela);
	free(c->relas);
	free(c->tombstone);
	free(c->plain.sec);
	strings_free(&c->names);
	symtab_free(&c->symtab);
	layout_free(&c->layout);
}

int cut_write(const struct diff *d, const struct selection *s, const char *path)
{
	struct cutter c = {.d = d, .p = &d->is, .s = s};
	struct output out;
	int status = -1;

	if (output_begin(&out, path))
		return -1;
	begin(&c);
	c.out = elf_begin(fileno(out.stream), ELF_C_WRITE, NULL);
	if (!c.out)
		elf_failed(&c, "output");
	else
		status = build(&c, path);
	elf_end(c.out);
	end(&c);
	if (status || relink_check(d, s, out.beside, path)) {
		output_cancel(&out);
		return -1;
	}
	return output_end(&out);
}
