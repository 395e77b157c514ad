// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code and data that stay must not refer to init memory. The kernel frees a module's init memory
 * when its init function has returned; a patched function would then jump into freed memory.
 *
 * Rules: kernel/module/main.c, do_init_module() and module_init_layout_section();
 * scripts/mod/modpost.c, check_sec_ref(), which warns of the same.
 */
#include <string.h>

#include "check/say.h"

/* A place in a section, and the symbol there. */
struct spot {
	size_t section;
	uint64_t offset;
	size_t symbol; /* its number, 0: none */
};

static const char *name_of(const struct elf_file *f, const struct spot *spot)
{
	struct elf_symbol s;

	if (!spot->symbol)
		return f->sec[spot->section].name;
	elf_file_symbol(f, spot->symbol, &s);
	return s.name;
}

/*
 * Is it code or data that stays loaded? The tables that only the loader reads may refer to init
 * memory.
 */
static bool is_permanent(const struct check *c, const struct elf_section *s)
{
	if (kallsyms_init_section(c->mod, s->name) || str_starts(s->name, ".ref."))
		return false;
	for (const char *const *early = c->target->arch->loader.early_sections; *early; early++) {
		if (!strcmp(*early, s->name))
			return false;
	}
	return (s->shdr.sh_flags & SHF_EXECINSTR) || str_starts(s->name, ".data") ||
	       str_starts(s->name, ".rodata");
}

/* Finds where in init memory a relocation leads; false when it leads elsewhere. */
static bool leads_to_init(const struct check *c, const struct reloc *r, struct spot *to)
{
	struct elf_symbol s;

	elf_file_symbol(c->mod, r->symbol, &s);
	if (s.special || !kallsyms_init_section(c->mod, c->mod->sec[s.shndx].name))
		return false;
	to->section = s.shndx;
	to->symbol = r->symbol;
	to->offset = s.sym.st_value;
	if (GELF_ST_TYPE(s.sym.st_info) == STT_SECTION &&
	    relocs_reference(c->mod, c->target->arch, r, &to->section, &to->offset))
		to->symbol = check_symbol_at(c, to->section, to->offset);
	return true;
}

/*
 * Is it a piece of an init function that lies elsewhere and leads back into the middle of the
 * function? Compilers put jump tables among the constants. Macros of the kernel put code that
 * seldom runs into sections of their own, as x86's _static_cpu_has() does (.altinstr_aux).
 */
static bool is_piece(const struct check *c, const struct reloc *r, const struct spot *to)
{
	const struct elf_section *from = &c->mod->sec[r->section];
	struct elf_symbol s;

	if (!str_starts(from->name, ".rodata") &&
	    (str_starts(from->name, ".text") || !(from->shdr.sh_flags & SHF_EXECINSTR)))
		return false;
	elf_file_symbol(c->mod, to->symbol, &s);
	return GELF_ST_TYPE(s.sym.st_info) == STT_FUNC && to->offset != s.sym.st_value;
}

static void report(struct check *c, const struct spot *from, const struct spot *to)
{
	const char *name = name_of(c->mod, to);
	const char *source = from->symbol ? check_source(c, from->symbol) : "";

	bad(c,
	    "%s'%s' uses '%s', which lies in '%s': the kernel frees that as soon as the patch is "
	    "loaded\n"
	    "  remove __init or __initdata from '%s'",
	    source, name_of(c->mod, from), name, c->mod->sec[to->section].name, name);
}

void check_init(struct check *c)
{
	struct spot told_from = {0}, told_to = {0};

	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		struct spot from = {.section = r->section, .offset = r->offset}, to;

		if (!is_permanent(c, &c->mod->sec[r->section]) || !leads_to_init(c, r, &to) ||
		    is_piece(c, r, &to))
			continue;
		from.symbol = check_symbol_at(c, from.section, from.offset);
		/*
		 * Relocations are sorted by place, so that repeated uses follow each other: tell
		 * each pair once.
		 */
		if (from.section == told_from.section && from.symbol == told_from.symbol &&
		    to.section == told_to.section && to.symbol == told_to.symbol)
			continue;
		report(c, &from, &to);
		told_from = from;
		told_to = to;
	}
}
