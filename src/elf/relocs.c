// SPDX-License-Identifier: GPL-2.0-only
/* The relocations of a module's loaded sections: see elf/relocs.h. */
#include "elf/relocs.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"

static int by_place(const void *a, const void *b)
{
	const struct reloc *x = a, *y = b;

	return ORDER(x->section, y->section) ?: ORDER(x->offset, y->offset) ?: ORDER(x->rela, y->rela);
}

static int check_section(const struct elf_file *f, const struct elf_section *s)
{
	if (s->shdr.sh_info == 0 || s->shdr.sh_info >= f->shnum) {
		error("'%s': section '%s' relocates no section (sh_info %u)", f->path, s->name,
		      s->shdr.sh_info);
		return -1;
	}
	if (s->shdr.sh_link != f->symtab || !f->symtab) {
		error("'%s': section '%s' does not use the symbol table (sh_link %u)", f->path,
		      s->name, s->shdr.sh_link);
		return -1;
	}
	if (s->shdr.sh_entsize != sizeof(Elf64_Rela) || s->shdr.sh_size % sizeof(Elf64_Rela)) {
		error("'%s': section '%s' has entries of an odd size", f->path, s->name);
		return -1;
	}
	return 0;
}

static int read_section(const struct elf_file *f, size_t index, struct relocs *ret, size_t *cap)
{
	const struct elf_section *s = &f->sec[index];
	const GElf_Shdr *to = &f->sec[s->shdr.sh_info].shdr;
	size_t n = s->shdr.sh_size / sizeof(Elf64_Rela);
	Elf_Data *d;

	if (n == 0)
		return 0;
	d = elf_getdata(s->scn, NULL);
	/* A compressed one has another type. */
	if (!d || d->d_type != ELF_T_RELA || d->d_size != s->shdr.sh_size) {
		error("'%s': section '%s' cannot be read as relocations", f->path, s->name);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		struct reloc *r;
		GElf_Rela rela;

		gelf_getrela(d, (int)i, &rela);
		if (GELF_R_SYM(rela.r_info) >= f->symnum || rela.r_offset >= to->sh_size) {
			error("'%s': section '%s' entry %zu: %s out of range", f->path, s->name, i,
			      rela.r_offset >= to->sh_size ? "offset" : "symbol");
			return -1;
		}
		GROW(ret->r, ret->n, *cap);
		r = &ret->r[ret->n++];
		r->rela = index;
		r->section = s->shdr.sh_info;
		r->offset = rela.r_offset;
		r->addend = rela.r_addend;
		r->type = (uint32_t)GELF_R_TYPE(rela.r_info);
		r->symbol = GELF_R_SYM(rela.r_info);
	}
	return 0;
}

/* Of one section, or of all with section 0. */
static int read_relocs(const struct elf_file *f, size_t section, struct relocs *ret)
{
	size_t cap = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *shdr = &f->sec[i].shdr;

		if (shdr->sh_type != SHT_RELA || (section && shdr->sh_info != section))
			continue;
		if (check_section(f, &f->sec[i]) ||
		    ((section || (f->sec[shdr->sh_info].shdr.sh_flags & SHF_ALLOC)) &&
		     read_section(f, i, ret, &cap))) {
			relocs_free(ret);
			return -1;
		}
	}
	if (ret->n)
		qsort(ret->r, ret->n, sizeof(*ret->r), by_place);
	return 0;
}

int relocs_read(const struct elf_file *f, struct relocs *ret)
{
	return read_relocs(f, 0, ret);
}

int relocs_read_section(const struct elf_file *f, size_t section, struct relocs *ret)
{
	return read_relocs(f, section, ret);
}

const struct reloc *relocs_from(const struct relocs *r, size_t section, uint64_t offset)
{
	size_t lo = COUNT_FIRST(i, r->n,
				r->r[i].section < section ||
					(r->r[i].section == section && r->r[i].offset < offset));

	return lo < r->n && r->r[lo].section == section ? &r->r[lo] : NULL;
}

const struct reloc *relocs_at(const struct relocs *r, size_t section, uint64_t offset)
{
	const struct reloc *first = relocs_from(r, section, offset);

	return first && first->offset == offset ? first : NULL;
}

bool relocs_pointer(const struct elf_file *f, const struct relocs *r, size_t section,
		    uint64_t offset, size_t *to_section, uint64_t *to_offset)
{
	const struct reloc *at = relocs_at(r, section, offset);
	struct elf_symbol sym;

	if (!at)
		return false;
	elf_file_symbol(f, at->symbol, &sym);
	if (sym.special)
		return false;
	*to_section = sym.shndx;
	*to_offset = sym.sym.st_value + (uint64_t)at->addend;
	return *to_offset <= f->sec[sym.shndx].shdr.sh_size;
}

/* How far it is from the place of a relocation in code to where its distance counts from. */
static uint64_t bytes_ahead(const struct elf_file *f, const struct arch *arch,
			    const struct reloc *r)
{
	uint64_t bytes = (uint64_t)arch->code.operand_ahead;
	const unsigned char *code;
	size_t size;

	if (arch->code.immediate && !elf_file_bytes(f, r->section, &code, &size) &&
	    r->offset < size)
		bytes += arch->code.immediate(code + r->offset, r->offset);
	return bytes;
}

bool relocs_reference(const struct elf_file *f, const struct arch *arch, const struct reloc *r,
		      size_t *to_section, uint64_t *to_offset)
{
	const struct arch_reloc *type = arch_reloc_by_type(arch, r->type);
	struct elf_symbol sym;

	elf_file_symbol(f, r->symbol, &sym);
	if (!type || sym.special)
		return false;
	*to_section = sym.shndx;
	*to_offset = sym.sym.st_value + (uint64_t)r->addend;
	if (type->relative && (f->sec[r->section].shdr.sh_flags & SHF_EXECINSTR))
		*to_offset += bytes_ahead(f, arch, r);
	return *to_offset <= f->sec[sym.shndx].shdr.sh_size;
}

bool relocs_operand(const struct elf_file *f, const struct arch *arch, const struct reloc *r)
{
	const unsigned char *code;
	size_t size;

	return !arch->code.relative_operand ||
	       (!elf_file_bytes(f, r->section, &code, &size) && r->offset < size &&
		arch->code.relative_operand(code, r->offset));
}

void relocs_free(struct relocs *r)
{
	free(r->r);
	r->r = NULL;
	r->n = 0;
}
