// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a relocation leads where it should: within the kernel's symbol, within the section of the
 * data, and to functions that do not overlap in part. apply_relocate_add() adds any addend without
 * a check.
 */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"

#include "check/say.h"

/* How far code may be from what it refers to: check/module/values.c. */
#define NEAR 0x10000

/* Bytes of a pointer: all supported kernels are 64-bit. */
#define POINTER 8

static bool is_code(const struct check *c, size_t section)
{
	return c->mod->sec[section].shdr.sh_flags & SHF_EXECINSTR;
}

/* A relocation against a livepatch symbol: the addend has to stay within the symbol. */
static void check_livepatch(const struct check *c, const struct reloc *r,
			    const struct arch_reloc *type)
{
	const struct ksym *found = c->symbol[c->symbol_of[r->symbol] - 1].found;
	int64_t slack = NEAR, size;

	if (!found)
		return;
	if (c->target->arch->code.addresses_in_code && !is_code(c, r->section) && found->size)
		slack = 0;
	size = found->size < INT64_MAX ? (int64_t)found->size : INT64_MAX;
	if (type->label || arch_reloc_is_rest(c->target->arch, r->type) ||
	    (r->addend >= -slack && r->addend - slack <= size))
		return;
	bad(c,
	    "'%s' + 0x%llx leads to '%s' + 0x%llx, and the kernel's has 0x%llx bytes: "
	    "klp_apply_object_relocs() does not check that",
	    c->mod->sec[r->section].name, (unsigned long long)r->offset, found->name,
	    (unsigned long long)r->addend, (unsigned long long)found->size);
}

/*
 * A pointer in data to the module's own data: in C it cannot lead outside of a variable. Code has
 * such addresses, in branches that are never taken.
 */
static void check_pointer(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	const GElf_Shdr *to = &c->mod->sec[s->shndx].shdr;
	uint64_t place = s->sym.st_value + (uint64_t)r->addend;

	if (!c->target->arch->code.addresses_in_code || is_code(c, r->section) ||
	    place <= to->sh_size)
		return;
	bad(c, "'%s' + 0x%llx leads to '%s' + 0x%llx, before or behind that section (0x%llx bytes)",
	    c->mod->sec[r->section].name, (unsigned long long)r->offset, c->mod->sec[s->shndx].name,
	    (unsigned long long)place, (unsigned long long)to->sh_size);
}

/* Relocations that only instructions can have. */
static void check_kind(const struct check *c, const struct reloc *r, const struct arch_reloc *type)
{
	if (type->code && !is_code(c, r->section))
		bad(c,
		    "'%s' + 0x%llx: %s in data: only instructions have it, and the rest of the "
		    "address would be missing",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset, type->name);
}

/*
 * Can a pointer be at this place? It has to be aligned, and the variable there has to be large
 * enough.
 */
static bool holds_pointer(const struct check *c, const struct reloc *r)
{
	struct elf_symbol variable;
	const char *file;

	if (r->offset % POINTER)
		return false;
	return !elf_file_symbol_at(c->mod, r->section, r->offset, &variable, &file) ||
	       variable.sym.st_value + variable.sym.st_size - r->offset >= POINTER;
}

/*
 * C puts addresses into data, not distances. The exceptions are jump tables, where the compiler
 * puts distances to code, and tables of the kernel, which are in sections of their own.
 */
static void check_distance(const struct check *c, const struct reloc *r, const struct elf_symbol *s,
			   const struct arch_reloc *type)
{
	const char *name = c->mod->sec[r->section].name;
	bool constant = str_starts(name, ".rodata");

	if (!c->target->arch->code.addresses_in_code || !type->relative ||
	    (!constant && !str_starts(name, ".data")) ||
	    (constant && !s->special && is_code(c, s->shndx)) || !holds_pointer(c, r))
		return;
	bad(c,
	    "'%s' + 0x%llx: %s in data, which has addresses: what uses it would take the distance "
	    "to '%s' for one",
	    name, (unsigned long long)r->offset, type->name,
	    s->name[0] || s->special ? s->name : c->mod->sec[s->shndx].name);
}

/*
 * The loader ignores a relocation of type 0. If the operand still is the 0 that the compiler left
 * for a relocation, the relocation has been damaged. objtool writes type 0 where it has replaced
 * the instruction.
 */
static void check_none(const struct check *c, const struct reloc *r)
{
	static const struct arch_reloc address = {.size = 4},
				       distance = {.size = 4, .relative = true};
	const struct arch *arch = c->target->arch;
	const unsigned char *code;
	size_t size;

	if (r->type || !arch->code.takes || !is_code(c, r->section) ||
	    elf_file_bytes(c->mod, r->section, &code, &size) || !code || size < address.size ||
	    r->offset > size - address.size || memcmp(code + r->offset, "\0\0\0", 4) != 0)
		return;
	if (check_is_branch(c, r->section, r->offset) ||
	    !arch->code.takes(code, r->offset, &address) ||
	    !arch->code.takes(code, r->offset, &distance))
		bad(c,
		    "'%s' + 0x%llx: a relocation of type 0 where an instruction wants its operand: "
		    "apply_relocate_add() passes over it, and 0 stays there",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset);
}

void check_reach(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);

	check_none(c, r);
	if (!type || !type->size)
		return;
	check_kind(c, r, type);
	check_distance(c, r, s, type);
	if (c->symbol_of[r->symbol])
		check_livepatch(c, r, type);
	else if (!s->special && !type->label && !arch_reloc_is_rest(c->target->arch, r->type))
		check_pointer(c, r, s);
}

struct extent {
	size_t section;
	uint64_t begin, end;
	const char *name;
};

static int by_place(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return ORDER(x->section, y->section) ?: ORDER(x->begin, y->begin) ?: ORDER(y->end, x->end);
}

/*
 * Two functions may be at the same place, or one inside the other, as assembler code does with
 * second names and entries. They may not overlap in part.
 */
void check_function_pieces(const struct check *c)
{
	struct extent *p = xcalloc(c->mod->symnum, sizeof(*p));
	size_t n = 0, outer = 0;

	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (!s.special && GELF_ST_TYPE(s.sym.st_info) == STT_FUNC && s.sym.st_size)
			p[n++] = (struct extent){s.shndx, s.sym.st_value,
						 s.sym.st_value + s.sym.st_size, s.name};
	}
	qsort(p, n, sizeof(*p), by_place);
	for (size_t i = 1; i < n; i++) {
		if (p[i].section == p[outer].section && p[i].begin < p[outer].end &&
		    p[i].end > p[outer].end && p[i].begin > p[outer].begin)
			bad(c,
			    "functions '%s' and '%s' lie across each other in '%s': one of the two "
			    "begins elsewhere",
			    p[outer].name, p[i].name, c->mod->sec[p[i].section].name);
		if (p[i].section != p[outer].section || p[i].end > p[outer].end)
			outer = i;
	}
	free(p);
}
