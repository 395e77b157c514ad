// SPDX-License-Identifier: GPL-2.0-only
/* Addresses that a module takes: see patch/taken.h. */
#include "patch/taken.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"

bool taken_section(const struct elf_section *s)
{
	/* The last is where code of ppc64le finds all addresses. */
	static const char *const data[] = {".data",	 ".rodata",   ".init.data", ".init.rodata",
					   ".exit.data", ".ref.data", ".toc"};

	if (s->shdr.sh_flags & SHF_EXECINSTR)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(data); i++) {
		if (str_starts(s->name, data[i]))
			return true;
	}
	return false;
}

bool taken_address(const struct elf_file *f, const struct arch *arch, const struct reloc *r,
		   int64_t *offset)
{
	const struct arch_reloc *type = arch_reloc_by_type(arch, r->type);

	if (!type || type->branch || arch_reloc_is_rest(arch, r->type))
		return false;
	*offset = r->addend;
	if (!type->relative || !(f->sec[r->section].shdr.sh_flags & SHF_EXECINSTR))
		return true;
	if (!relocs_operand(f, arch, r))
		return false;
	*offset = (int64_t)((uint64_t)r->addend + (uint64_t)arch->code.operand_ahead);
	return true;
}

/* Where a new function begins. */
struct beginning {
	uint64_t place; /* elf_place() */
	const struct patch_func *func;
};

struct beginnings {
	struct beginning *b;
	size_t n, cap;
};

static int by_place(const void *a, const void *b)
{
	const struct beginning *x = a, *y = b;

	return ORDER(x->place, y->place) ?: ORDER(x->func->section, y->func->section) ?: ORDER(x->func->pointer_offset, y->func->pointer_offset);
}

static void list_beginnings(const struct patches *patches, struct beginnings *ret)
{
	for (size_t p = 0; p < patches->n; p++) {
		for (size_t o = 0; o < patches->patch[p].n; o++) {
			const struct patch_object *obj = &patches->patch[p].obj[o];

			for (size_t i = 0; i < obj->n; i++) {
				const struct patch_func *func = &obj->func[i];

				if (!func->new_section)
					continue;
				GROW(ret->b, ret->n, ret->cap);
				ret->b[ret->n++] = (struct beginning){
					elf_place(func->new_section, func->new_offset), func};
			}
		}
	}
	if (ret->n)
		qsort(ret->b, ret->n, sizeof(*ret->b), by_place);
}

/* The first of those that begin at a place, or NULL; the others follow it. */
static const struct beginning *find(const struct beginnings *all, uint64_t place)
{
	size_t lo = COUNT_FIRST(i, all->n, all->b[i].place < place);

	return lo < all->n && all->b[lo].place == place ? &all->b[lo] : NULL;
}

/* The new function whose address a relocation takes, or NULL; *offset: see taken_address(). */
static const struct beginning *taken_by(const struct elf_file *f, const struct arch *arch,
					const struct beginnings *all, const struct reloc *r,
					int64_t *offset)
{
	struct elf_symbol sym;
	uint64_t to;

	elf_file_symbol(f, r->symbol, &sym);
	if (sym.special || !taken_address(f, arch, r, offset))
		return NULL;
	to = sym.sym.st_value + (uint64_t)*offset;
	return to < f->sec[sym.shndx].shdr.sh_size ? find(all, elf_place(sym.shndx, to)) : NULL;
}

/* Is the pointer at a relocation's place the new_func of a struct klp_func? */
static bool belongs(const struct elf_file *f, const struct relocs *relocs,
		    const struct klp_layout *layout, const struct beginnings *all,
		    const struct beginning *b, const struct reloc *r)
{
	for (const struct beginning *i = b; i < all->b + all->n && i->place == b->place; i++) {
		if (patch_is_new_func(f, relocs, layout, i->func, r->section, r->offset))
			return true;
	}
	return false;
}

size_t taken_new_functions(const struct elf_file *f, const struct arch *arch,
			   const struct relocs *relocs, const struct klp_layout *layout,
			   const struct patches *patches, struct taken **ret)
{
	struct beginnings all = {0};
	size_t n = 0, cap = 0;

	*ret = NULL;
	list_beginnings(patches, &all);
	for (size_t i = 0; i < relocs->n && all.n; i++) {
		const struct reloc *r = &relocs->r[i];
		const struct beginning *b;
		int64_t offset;

		b = taken_by(f, arch, &all, r, &offset);
		if (!b || belongs(f, relocs, layout, &all, b, r))
			continue;
		GROW(*ret, n, cap);
		(*ret)[n++] = (struct taken){
			.at = r,
			.func = b->func,
			.addend = (int64_t)((uint64_t)r->addend - (uint64_t)offset),
		};
	}
	free(all.b);
	return n;
}
