// SPDX-License-Identifier: GPL-2.0-only
/*
 * The entries of the tables that the kernel reads from a module. Each member that should have an
 * address has to have one, and it has to lead to what the kernel expects there.
 */
#include "check/module/tables.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/search.h"

size_t table_form_size(enum table_form form)
{
	return form == TABLE_DISTANCE ? 4 : 8;
}

/* TABLE_EITHER depends on the kernel's configuration; f->pointers says what the first entry has. */
enum table_form table_real_form(const struct module_table *f, size_t member)
{
	enum table_form form = f->t.member[member].form;

	return form == TABLE_EITHER ? (f->pointers ? TABLE_POINTER : TABLE_DISTANCE) : form;
}

static const char *form_name(enum table_form form)
{
	return form == TABLE_DISTANCE ? "a distance of four bytes"
	       : form == TABLE_FAR    ? "a distance of eight bytes"
				      : "an address";
}

/*
 * Is it what klplink makes of a pair of relocations that together are a distance of this size? See
 * arch/arch.h, .difference.
 */
static bool is_difference(const struct check *c, const struct reloc *r, size_t size)
{
	const struct arch *arch = c->target->arch;

	for (size_t i = 0; arch->reloc[i].name; i++) {
		if (arch->reloc[i].minus && arch->reloc[i].size == size &&
		    arch->reloc[i].difference == r->type)
			return true;
	}
	return false;
}

/* Does the relocation have that form? On some architectures a distance takes two relocations. */
static bool has_form(const struct check *c, const struct reloc *r, enum table_form form)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
	const struct reloc *next = r + 1;

	if (form != TABLE_POINTER && is_difference(c, r, table_form_size(form)))
		return true;
	if (!type || type->size != table_form_size(form))
		return false;
	if (form == TABLE_POINTER)
		return r->type == c->target->arch->abs64;
	if (type->minus)
		return next < c->relocs.r + c->relocs.n && next->section == r->section &&
		       next->offset == r->offset && next->type == type->minus;
	/* On x86, the type for branches computes the same distance. */
	return type->relative && (type->plain || c->target->arch->loader.zero_before_apply);
}

static void wrong(const struct check *c, const struct module_table *f, size_t i, const char *fmt,
		  ...) KLP_PRINTF(4, 5);

static void wrong(const struct check *c, const struct module_table *f, size_t i, const char *fmt,
		  ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	bad(c, "section '%s' entry %zu: %s: %s() does not look before it uses it", f->t.section, i,
	    text, f->t.reader);
	free(text);
}

/*
 * Checks the place in code that an entry lists: the right kind of instruction has to be there, and
 * lead to the right function.
 */
static void check_site(const struct check *c, const struct module_table *f, size_t i, size_t to,
		       uint64_t offset)
{
	const char *name = c->mod->sec[to].name;
	const struct reloc *operand = relocs_from(&c->relocs, to, offset);
	const unsigned char *code;
	struct elf_symbol s;
	int64_t distance;
	size_t size;

	if (elf_file_bytes(c->mod, to, &code, &size))
		return;
	if (!code || offset >= size || !f->site->instruction(code + offset, size - offset)) {
		wrong(c, f, i, "at '%s' + 0x%llx there is no instruction of the kind that it lists",
		      name, (unsigned long long)offset);
		return;
	}
	if (f->site->to && (!operand || operand->offset > offset + 3) &&
	    c->target->arch->code.branch(code + offset, size - offset, &distance) >= 5) {
		wrong(c, f, i,
		      "the instruction at '%s' + 0x%llx leads nowhere: it has no relocation", name,
		      (unsigned long long)offset);
		return;
	}
	if (!f->site->to || !operand || operand->offset > offset + 3)
		return;
	elf_file_symbol(c->mod, operand->symbol, &s);
	if (s.shndx != SHN_LIVEPATCH && !str_starts(s.name, f->site->to))
		wrong(c, f, i, "the instruction at '%s' + 0x%llx leads to '%s', not to '%s'", name,
		      (unsigned long long)offset, s.name, f->site->to);
}

static uint64_t length_at(const struct check *c, const struct module_table *f,
			  const unsigned char *table, size_t i, size_t m)
{
	size_t size = f->t.rewrite ? f->t.rewrite->length_size : 1;
	size_t at = i * f->entry + f->size_at[m];

	return elf_file_number(c->mod, table + at, size);
}

/*
 * Checks the place in code that a member leads to: at the beginning of an instruction, in the right
 * section and function. meant: how many bytes of code the entry is about.
 */
static void check_place(const struct check *c, const struct module_table *f, size_t i, size_t m,
			const struct code_place *to, uint64_t meant)
{
	const struct table_member *member = &f->t.member[m];
	const char *name = c->mod->sec[to->section].name;
	/*
	 * A member that may lead to an end (unwinding tables) also counts bytes in alternatives,
	 * whose instructions have other lengths.
	 */
	const char *why = member->end ? NULL : check_no_instruction(c, to->section, to->offset);
	struct code_place first = *to;

	if (m &&
	    relocs_pointer(c->mod, &c->relocs, f->section, i * f->entry + f->at[0], &first.section,
			   &first.offset) &&
	    f->t.rewrite && f->t.rewrite->from_entry)
		first.offset -= f->at[0];
	if (why)
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, where %s", member->name, name,
		      (unsigned long long)to->offset, why);
	else if (member->in && strcmp(name, member->in) != 0)
		wrong(c, f, i, "its '%s' leads to '%s', not to '%s'", member->name, name,
		      member->in);
	else if (member->same && check_other_function(c, &first, to))
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, out of the function that has '%s'",
		      member->name, name, (unsigned long long)to->offset, f->t.member[0].name);
	else if (m == 0 && meant > 1 &&
		 check_other_function(c, to,
				      &(struct code_place){to->section, to->offset + meant - 1}))
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, where the function ends",
		      member->name, name, (unsigned long long)to->offset);
}

/*
 * A member that leads to code: it has to be code of the module, with as many bytes as the entry
 * says.
 */
static void check_code(const struct check *c, const struct module_table *f, size_t i, size_t m,
		       const struct reloc *r)
{
	const struct table_member *member = &f->t.member[m];
	const unsigned char *table;
	uint64_t offset, meant = !member->end;
	struct elf_symbol s;
	size_t size;

	elf_file_symbol(c->mod, r->symbol, &s);
	if (s.special) {
		wrong(c, f, i, "its '%s' leads to '%s', not into the module", member->name, s.name);
		return;
	}
	offset = s.sym.st_value + (uint64_t)r->addend;
	if (f->t.rewrite && f->t.rewrite->from_entry)
		offset -= f->at[m];
	if (f->size_at[m] != NOWHERE && !elf_file_bytes(c->mod, f->section, &table, &size) && table)
		meant = length_at(c, f, table, i, m);
	if (!(c->mod->sec[s.shndx].shdr.sh_flags & SHF_EXECINSTR) ||
	    offset > c->mod->sec[s.shndx].shdr.sh_size ||
	    meant > c->mod->sec[s.shndx].shdr.sh_size - offset)
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, which is not code", member->name,
		      c->mod->sec[s.shndx].name, (unsigned long long)offset);
	else {
		check_place(c, f, i, m, &(struct code_place){s.shndx, offset}, meant);
		if (m == 0 && f->site)
			check_site(c, f, i, s.shndx, offset);
	}
}

/* Is it a string: characters up to a NUL, without control characters that only binary data has? */
static bool is_text(const unsigned char *at, size_t size)
{
	size_t n = strnlen((const char *)at, size);

	if (n == size)
		return false;
	for (size_t i = 0; i < n; i++) {
		/* KERN_SOH, the escapes of C, and terminal colours */
		if (at[i] < ' ' && !strchr("\x01\a\b\t\n\v\f\r\x1b", at[i]))
			return false;
	}
	return true;
}

/* The variable that has this place in its middle, or NULL. */
static const char *inside_variable(const struct check *c, size_t section, uint64_t offset)
{
	struct elf_symbol s;
	const char *file;

	if (!elf_file_symbol_at(c->mod, section, offset, &s, &file) ||
	    GELF_ST_TYPE(s.sym.st_info) != STT_OBJECT || s.sym.st_value == offset ||
	    offset - s.sym.st_value >= s.sym.st_size)
		return NULL;
	return s.name;
}

static void check_text(const struct check *c, const struct module_table *f, size_t i, size_t m,
		       const struct code_place *to)
{
	const char *name = f->t.member[m].name, *section = c->mod->sec[to->section].name;
	const char *variable = inside_variable(c, to->section, to->offset);
	const unsigned char *data;
	size_t size;

	if (elf_file_bytes(c->mod, to->section, &data, &size))
		return;
	if (!data || to->offset >= size || !is_text(data + to->offset, size - to->offset))
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, which is not text", name, section,
		      (unsigned long long)to->offset);
	else if (variable)
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, into the middle of '%s'", name,
		      section, (unsigned long long)to->offset, variable);
}

/*
 * A member that leads to data of the module: within a section, and a string where one is expected.
 * Data of the kernel is the business of check_reach().
 */
static void check_data(const struct check *c, const struct module_table *f, size_t i, size_t m,
		       const struct reloc *r)
{
	const struct table_member *member = &f->t.member[m];
	const struct elf_section *to;
	struct elf_symbol s;
	uint64_t offset;

	elf_file_symbol(c->mod, r->symbol, &s);
	if (s.special || f->t.rewrite)
		return;
	to = &c->mod->sec[s.shndx];
	offset = s.sym.st_value + (uint64_t)r->addend;
	if ((to->shdr.sh_flags & SHF_EXECINSTR) || offset >= to->shdr.sh_size)
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, where no data is", member->name,
		      to->name, (unsigned long long)offset);
	else if (member->module && (offset || strcmp(to->name, ".gnu.linkonce.this_module") != 0))
		wrong(c, f, i, "its '%s' leads to '%s' + 0x%llx, not to struct module",
		      member->name, to->name, (unsigned long long)offset);
	else if (member->text)
		check_text(c, f, i, m, &(struct code_place){s.shndx, offset});
}

static void check_member(const struct check *c, const struct module_table *f, size_t i, size_t m)
{
	const struct table_member *member = &f->t.member[m];
	const struct reloc *r = relocs_at(&c->relocs, f->section, i * f->entry + f->at[m]);

	if (!r && member->null)
		return;
	if (!r)
		wrong(c, f, i, "its '%s' leads nowhere: there is no relocation", member->name);
	else if (!has_form(c, r, table_real_form(f, m)))
		wrong(c, f, i, "its '%s' is not %s", member->name,
		      form_name(table_real_form(f, m)));
	else if (member->code)
		check_code(c, f, i, m, r);
	else
		check_data(c, f, i, m, r);
}

/* Replacing code must not be longer than the code that it replaces. */
static void check_replacement(const struct check *c, const struct module_table *f, size_t i)
{
	const unsigned char *table;
	uint64_t length[2];
	size_t size, n = 0;

	if (elf_file_bytes(c->mod, f->section, &table, &size) || !table)
		return;
	for (size_t m = 0; f->t.member[m].name; m++) {
		if (f->at[m] != NOWHERE && f->size_at[m] != NOWHERE && n < 2)
			length[n++] = length_at(c, f, table, i, m);
	}
	if (n == 2 && length[1] > length[0])
		wrong(c, f, i, "%llu bytes take the place of %llu", (unsigned long long)length[1],
		      (unsigned long long)length[0]);
}

/* A relocation outside of the members would change something that is not an address. */
static void check_strays(const struct check *c, const struct module_table *f)
{
	for (const struct reloc *r = relocs_from(&c->relocs, f->section, 0);
	     r && r < c->relocs.r + c->relocs.n && r->section == f->section; r++) {
		bool meant = false;

		for (size_t m = 0; f->t.member[m].name; m++)
			meant |= f->at[m] == r->offset % f->entry;
		if (!meant)
			wrong(c, f, r->offset / f->entry,
			      "there is a relocation %llu bytes from its beginning, where it has no "
			      "address",
			      (unsigned long long)(r->offset % f->entry));
	}
}

static int by_place(const void *a, const void *b)
{
	const struct code_place *x = a, *y = b;

	return ORDER(x->section, y->section) ?: ORDER(x->offset, y->offset);
}

/*
 * No two entries may list one place: the second time, the kernel would find what it has written
 * there itself.
 */
static void check_once(const struct check *c, const struct module_table *f, size_t entries)
{
	struct code_place *p = xcalloc(entries ? entries : 1, sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < entries; i++)
		n += relocs_pointer(c->mod, &c->relocs, f->section, i * f->entry + f->at[0],
				    &p[n].section, &p[n].offset);
	qsort(p, n, sizeof(*p), by_place);
	for (size_t i = 1; i < n; i++) {
		if (!by_place(&p[i - 1], &p[i]))
			bad(c, "section '%s' lists '%s' + 0x%llx twice: %s() would patch it twice",
			    f->t.section, c->mod->sec[p[i].section].name,
			    (unsigned long long)p[i].offset, f->t.reader);
	}
	free(p);
}

void check_table_entries(const struct check *c, const struct module_table *f)
{
	size_t n = f->sec->shdr.sh_size / f->entry;

	for (size_t i = 0; i < n; i++) {
		for (size_t m = 0; f->t.member[m].name; m++) {
			if (f->at[m] != NOWHERE)
				check_member(c, f, i, m);
		}
		check_replacement(c, f, i);
	}
	if (!f->t.more)
		check_strays(c, f);
	if (f->t.once)
		check_once(c, f, n);
}
