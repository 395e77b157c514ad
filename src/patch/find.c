// SPDX-License-Identifier: GPL-2.0-only
/* Finding struct klp_patch in a module file: see patch/find.h. */
#include "patch/find.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "klp/format.h"

#define THIS_MODULE ".gnu.linkonce.this_module"

struct found_places {
	struct patch_place *p;
	size_t n, cap;
};

/* A place in a section, and what it belongs to. */
struct span {
	size_t section;
	uint64_t begin, end;
};

static bool is_code(const struct elf_file *f, size_t section)
{
	return f->sec[section].shdr.sh_flags & SHF_EXECINSTR;
}

/*
 * Where a relocation leads: the section of struct module stands for that. On ppc64le code has its
 * addresses in .toc.
 */
static bool leads_to(const struct patch_reader *r, const struct reloc *at, struct span *to)
{
	if (!relocs_reference(r->f, r->arch, at, &to->section, &to->begin))
		return false;
	return strcmp(r->f->sec[to->section].name, ".toc") != 0 || !is_code(r->f, at->section) ||
	       relocs_pointer(r->f, r->relocs, to->section, to->begin, &to->section, &to->begin);
}

static bool leads_to_this_module(const struct patch_reader *r, const struct reloc *at)
{
	struct span to;

	return leads_to(r, at, &to) && !to.begin &&
	       !strcmp(r->f->sec[to.section].name, THIS_MODULE);
}

static bool starts_patch(const struct patch_reader *r, const struct reloc *at)
{
	struct elf_symbol s;

	elf_file_symbol(r->f, at->symbol, &s);
	return !strcmp(s.name, KLP_ENABLE) || !strcmp(s.name, KLP_REGISTER);
}

/* The function that a relocation in code is in. */
static bool function_of(const struct patch_reader *r, const struct reloc *at, struct span *ret)
{
	struct elf_symbol s;
	const char *file;

	if (!is_code(r->f, at->section) ||
	    !elf_file_symbol_at(r->f, at->section, at->offset, &s, &file) ||
	    at->offset - s.sym.st_value >= s.sym.st_size)
		return false;
	*ret = (struct span){at->section, s.sym.st_value, s.sym.st_value + s.sym.st_size};
	return true;
}

/* The relocations of a function, one after the other: begin with NULL, ends with NULL. */
static const struct reloc *next_in(const struct patch_reader *r, const struct span *function,
				   const struct reloc *at)
{
	at = at ? at + 1 : relocs_from(r->relocs, function->section, function->begin);
	return at && at < r->relocs->r + r->relocs->n && at->section == function->section &&
			       at->offset < function->end
		       ? at
		       : NULL;
}

/* The variable that begins at a place. */
static bool variable_at(const struct elf_file *f, size_t section, uint64_t offset,
			struct elf_symbol *ret)
{
	const char *file;

	return !is_code(f, section) && elf_file_symbol_at(f, section, offset, ret, &file) &&
	       ret->sym.st_value == offset && GELF_ST_TYPE(ret->sym.st_info) == STT_OBJECT;
}

/* Does a function store into the patch, or start one? Compilers may reach it from a neighbour. */
static bool sets_up(const struct patch_reader *r, const struct patch_place *p,
		    const struct span *function)
{
	for (const struct reloc *at = NULL; (at = next_in(r, function, at));) {
		struct span to;

		if (starts_patch(r, at))
			return true;
		if (leads_to(r, at, &to) && to.section == p->section && to.begin >= p->offset &&
		    to.begin - p->offset < r->layout->patch_size)
			return true;
	}
	return false;
}

/* klp_enable_patch() needs the module: finds out who sets .mod. */
static enum patch_mod who_sets_mod(const struct patch_reader *r, const struct patch_place *p)
{
	const struct reloc *mod =
		relocs_at(r->relocs, p->section, p->offset + r->layout->patch_mod);
	struct span function;

	if (mod)
		return leads_to_this_module(r, mod) ? PATCH_MOD_THIS : PATCH_MOD_OTHER;
	for (size_t i = 0; i < r->relocs->n; i++) {
		const struct reloc *at = &r->relocs->r[i];

		if (is_code(r->f, at->section) && leads_to_this_module(r, at) &&
		    function_of(r, at, &function) && sets_up(r, p, &function))
			return PATCH_MOD_CODE;
	}
	return PATCH_MOD_NONE;
}

static void add(const struct patch_reader *r, struct found_places *all, size_t section,
		uint64_t offset)
{
	struct elf_symbol s;
	struct patch_place *p;

	for (size_t i = 0; i < all->n; i++) {
		if (all->p[i].section == section && all->p[i].offset == offset)
			return;
	}
	GROW(all->p, all->n, all->cap);
	p = &all->p[all->n++];
	*p = (struct patch_place){.section = section, .offset = offset, .name = "(no name)"};
	if (variable_at(r->f, section, offset, &s))
		p->name = s.name;
	p->mod = who_sets_mod(r, p);
}

/* An array of struct klp_func: a string, and a function or what a livepatch symbol stands for. */
static bool looks_like_funcs(const struct patch_reader *r, size_t section, uint64_t offset)
{
	const struct klp_layout *l = r->layout;
	const struct reloc *func = relocs_at(r->relocs, section, offset + l->func_new_func);
	struct elf_symbol s;
	struct span name;

	if (!func || func->type != r->arch->abs64 ||
	    !relocs_pointer(r->f, r->relocs, section, offset + l->func_old_name, &name.section,
			    &name.begin) ||
	    is_code(r->f, name.section) || !patch_string_at(r->f, name.section, name.begin))
		return false;
	elf_file_symbol(r->f, func->symbol, &s);
	return s.special || is_code(r->f, s.shndx);
}

/* A list of struct klp_object, one of which has functions. */
static bool looks_like_objects(const struct patch_reader *r, size_t section, uint64_t offset)
{
	const struct klp_layout *l = r->layout;
	struct span funcs;

	for (; relocs_at(r->relocs, section, offset + l->object_name) ||
	       relocs_at(r->relocs, section, offset + l->object_funcs);
	     offset += l->object_size) {
		if (relocs_pointer(r->f, r->relocs, section, offset + l->object_funcs,
				   &funcs.section, &funcs.begin) &&
		    looks_like_funcs(r, funcs.section, funcs.begin))
			return true;
	}
	return false;
}

/* Is the pointer at a relocation's place the .objs of a patch? */
static bool is_objs(const struct patch_reader *r, const struct reloc *at)
{
	const struct klp_layout *l = r->layout;
	struct elf_symbol s;
	struct span to;

	if (at->offset < l->patch_objs || at->type != r->arch->abs64 ||
	    !relocs_pointer(r->f, r->relocs, at->section, at->offset, &to.section, &to.begin) ||
	    is_code(r->f, to.section) || !looks_like_objects(r, to.section, to.begin))
		return false;
	/* Where there are symbols, they tell how large it is. */
	return (!variable_at(r->f, to.section, to.begin, &s) ||
		s.sym.st_size % l->object_size == 0) &&
	       (!variable_at(r->f, at->section, at->offset - l->patch_objs, &s) ||
		s.sym.st_size == l->patch_size);
}

/* A relocation in data: of a member by which a patch is known. */
static void find_in_data(const struct patch_reader *r, struct found_places *all,
			 const struct reloc *at)
{
	const struct klp_layout *l = r->layout;
	struct elf_symbol s;

	if (at->offset >= l->patch_mod && leads_to_this_module(r, at) &&
	    variable_at(r->f, at->section, at->offset - l->patch_mod, &s) &&
	    s.sym.st_size == l->patch_size)
		add(r, all, at->section, at->offset - l->patch_mod);
	if (is_objs(r, at))
		add(r, all, at->section, at->offset - l->patch_objs);
}

static int by_place(const void *a, const void *b)
{
	const struct patch_place *x = a, *y = b;

	return ORDER(x->section, y->section) ?: ORDER(x->offset, y->offset);
}

size_t patch_find(const struct patch_reader *r, struct patch_place **ret)
{
	struct found_places all = {0};

	for (size_t i = 0; i < r->relocs->n; i++) {
		const struct reloc *at = &r->relocs->r[i];

		if (!is_code(r->f, at->section))
			find_in_data(r, &all, at);
	}
	if (all.n)
		qsort(all.p, all.n, sizeof(*all.p), by_place);
	*ret = all.p;
	return all.n;
}
