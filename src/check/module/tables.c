// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables that the kernel reads from a module (arch/tables.h). Each has to consist of whole
 * entries, with an address in each member that should have one, and with the expected code or data
 * at each address. The kernel follows these addresses, and patches what is there, without checking
 * any of this.
 */
#include "check/module/tables.h"

#include <stdlib.h>
#include <string.h>

#include "dwarf/structure.h"

struct tables {
	struct module_table *f;
	size_t n, cap;
};

static struct tables find_tables(const struct check *c)
{
	struct tables all = {0};

	for (size_t i = 1; i < c->mod->shnum; i++) {
		struct module_table *f;
		struct table t;

		if (!table_of(c->target->arch, c->mod->sec[i].name, &t))
			continue;
		GROW(all.f, all.n, all.cap);
		f = &all.f[all.n++];
		*f = (struct module_table){.t = t,
					   .site = table_site_of(c->target->arch, t.section),
					   .sec = &c->mod->sec[i],
					   .section = i};
		for (size_t m = 0; m < TABLE_MEMBERS; m++)
			f->at[m] = f->size_at[m] = NOWHERE;
	}
	return all;
}

static struct structure structure_of(struct module_table *f)
{
	struct structure s = {.name = f->t.structure, .size = &f->entry};
	size_t k = 0;

	for (size_t m = 0; f->t.member[m].name; m++) {
		const char *size = f->t.member[m].size;
		bool again = false;

		s.member[k++] = (struct member){f->t.member[m].name, &f->at[m]};
		/* A member with a length may serve two others; ask for it once. */
		for (size_t i = 0; size && i < m; i++)
			again |= f->t.member[i].size && !strcmp(f->t.member[i].size, size);
		if (size && !again)
			s.member[k++] = (struct member){size, &f->size_at[m]};
	}
	return s;
}

/* Gives both members the offset of the length that they share. */
static void share_sizes(struct module_table *f)
{
	for (size_t m = 1; f->t.member[m].name; m++) {
		for (size_t i = 0; f->t.member[m].size && i < m; i++) {
			if (f->t.member[i].size &&
			    !strcmp(f->t.member[i].size, f->t.member[m].size))
				f->size_at[m] = f->size_at[i];
		}
	}
}

/*
 * Reads the layout of entries that are structures. The unit that replaces code has some of them,
 * load_module()'s unit has the rest.
 */
static int read_structures(struct tables *all, struct dwarf_file *d)
{
	static const char *const loaders[] = {"load_module", NULL};
	struct structure *s = xcalloc(all->n, sizeof(*s));
	size_t n = 0;
	int status = 0;

	for (size_t i = 0; i < all->n && status >= 0; i++) {
		const struct arch_rewrite *rewrite = all->f[i].t.rewrite;

		if (!all->f[i].t.structure)
			continue;
		s[n] = structure_of(&all->f[i]);
		if (rewrite)
			status = structures_read_beside(d, rewrite->functions, rewrite->path, &s[n],
							1);
		else
			n++;
		share_sizes(&all->f[i]);
	}
	if (n && status >= 0)
		status = structures_read_beside(d, loaders, "kernel/module/main.c", s, n);
	free(s);
	return status < 0 ? -1 : 0;
}

static int read_forms(const struct check *c, struct tables *all)
{
	struct dwarf_file *d;
	int status;

	if (!dwarf_file_present(c->target->vmlinux))
		return 0;
	if (dwarf_file_open(c->target->vmlinux, &d))
		return -1;
	status = read_structures(all, d);
	dwarf_file_close(d);
	return status ? -1 : 0;
}

static void settle_form(const struct check *c, struct module_table *f)
{
	const struct reloc *first = relocs_from(&c->relocs, f->section, 0);

	if (f->t.member[0].form == TABLE_EITHER)
		f->pointers = first && first->type == c->target->arch->abs64;
	if (!f->t.structure) {
		f->entry = table_form_size(table_real_form(f, 0));
		f->at[0] = 0;
	}
}

/*
 * Two tables may need the same number of entries: unwind_module_init() of x86 otherwise ignores
 * both.
 */
static void check_beside(const struct check *c, const struct tables *all,
			 const struct module_table *f)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (!strcmp(all->f[i].t.section, f->t.beside) && all->f[i].entry)
			n = all->f[i].sec->shdr.sh_size / all->f[i].entry;
		else if (!strcmp(all->f[i].t.section, f->t.beside))
			return;
	}
	if (n != f->sec->shdr.sh_size / f->entry)
		bad(c, "section '%s' has %llu entries, '%s' has %zu: %s() takes neither",
		    f->t.section, (unsigned long long)(f->sec->shdr.sh_size / f->entry),
		    f->t.beside, n, f->t.reader);
}

/*
 * find_sec() ignores sections that are not loaded, and layout_sections() maps them by their flags.
 */
static bool check_header(const struct check *c, const struct module_table *f)
{
	const GElf_Shdr *shdr = &f->sec->shdr;
	size_t before = error_count();

	if (!(shdr->sh_flags & SHF_ALLOC))
		bad(c, "section '%s' lacks SHF_ALLOC: %s() never sees it", f->t.section,
		    f->t.reader);
	if (f->t.written && !(shdr->sh_flags & SHF_WRITE))
		bad(c, "section '%s' lacks SHF_WRITE: %s() writes to it, and faults", f->t.section,
		    f->t.reader);
	if (shdr->sh_type != SHT_PROGBITS && shdr->sh_type != SHT_INIT_ARRAY)
		bad(c,
		    "section '%s' has type 0x%x instead of SHT_PROGBITS: its entries are not there",
		    f->t.section, shdr->sh_type);
	return error_count() == before;
}

static void check_table(struct check *c, const struct tables *all, struct module_table *f)
{
	if (!check_header(c, f))
		return;
	if (!f->entry) {
		note(c, "table '%s': the debug information of '%s' does not tell what struct %s is",
		     f->t.section, c->target->vmlinux->path, f->t.structure);
		return;
	}
	if (f->sec->shdr.sh_size % f->entry)
		bad(c, "section '%s' has %llu bytes in entries of %zu: %s() would read beyond it",
		    f->t.section, (unsigned long long)f->sec->shdr.sh_size, f->entry, f->t.reader);
	else
		check_table_entries(c, f);
	if (f->t.beside)
		check_beside(c, all, f);
}

void check_tables(struct check *c)
{
	struct tables all = find_tables(c);
	size_t entries = 0;

	if (!c->relocs_sane)
		note(c, "the tables that the kernel reads of it: the relocations are damaged");
	else if (!read_forms(c, &all)) {
		for (size_t i = 0; i < all.n; i++)
			settle_form(c, &all.f[i]);
		for (size_t i = 0; i < all.n; i++) {
			check_table(c, &all, &all.f[i]);
			if (all.f[i].entry)
				entries += all.f[i].sec->shdr.sh_size / all.f[i].entry;
		}
		checked(c, "%zu tables, %zu entries", all.n, entries);
	}
	free(all.f);
}
