// SPDX-License-Identifier: GPL-2.0-only
/* Code that is replaced while a module is loaded: see patch/rewrites.h. */
#include "patch/rewrites.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/structure.h"

#define ABSENT SIZE_MAX

/* Where the members of a table's entries lie, ABSENT: there is none of that name. */
struct form {
	size_t size, code, length, end, other, other_length, other_end;
};

struct rewrite_table {
	const struct elf_file *f;
	const struct arch *arch;
	const struct relocs *relocs;
	const struct arch_rewrite *kind;
	struct form form;
	size_t section;
	const unsigned char *data;
	size_t size;
};

/* 1 when the form is known, else 0; -1 after error(). */
static int read_form(struct elf_file *vmlinux, const struct arch_rewrite *kind, struct form *ret)
{
	struct structure s = {kind->structure, &ret->size, {{NULL, NULL}}, false};
	const struct member members[] = {
		{kind->code, &ret->code},
		{kind->length, &ret->length},
		{kind->end, &ret->end},
		{kind->other, &ret->other},
		{kind->other_length, &ret->other_length},
		{kind->other_end, &ret->other_end},
	};
	struct dwarf_file *d;
	size_t n = 0;
	int status;

	*ret = (struct form){0, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT};
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		if (members[i].name)
			s.member[n++] = members[i];
	}
	if (!dwarf_file_present(vmlinux))
		return 0;
	if (dwarf_file_open(vmlinux, &d))
		return -1;
	status = structures_read_beside(d, kind->functions, kind->path, &s, 1);
	dwarf_file_close(d);
	for (size_t i = 0; i < n; i++) {
		if (*s.member[i].offset == ABSENT)
			return status < 0 ? -1 : 0;
	}
	return status;
}

/* Where a member of an entry leads. If there are two relocations, one of them only subtracts. */
static bool leads_to(const struct rewrite_table *t, uint64_t entry, size_t member, size_t *section,
		     uint64_t *offset)
{
	const struct reloc *last = t->relocs->r + t->relocs->n;
	const struct reloc *r = relocs_at(t->relocs, t->section, entry + member);

	while (r && r < last && arch_reloc_is_rest(t->arch, r->type) && r->section == t->section &&
	       r->offset == entry + member)
		r++;
	if (!r || r == last || r->section != t->section || r->offset != entry + member ||
	    !relocs_reference(t->f, t->arch, r, section, offset))
		return false;
	if (t->kind->from_entry)
		*offset -= member;
	return true;
}

static void add(struct rewrites *ret, const struct rewrite_table *t, size_t section, uint64_t begin,
		uint64_t end)
{
	if (begin >= end)
		return;
	GROW(ret->r, ret->n, ret->cap);
	ret->r[ret->n++] = (struct rewrite){section, begin, end, t->f->sec[t->section].name};
}

/* One of the two pieces of code of an entry: with its length, or with where it ends. */
static void add_piece(struct rewrites *ret, const struct rewrite_table *t, uint64_t entry,
		      size_t code, size_t length, size_t end)
{
	uint64_t begin, stop;
	size_t section, other;

	if (code == ABSENT || !leads_to(t, entry, code, &section, &begin))
		return;
	if (end != ABSENT && leads_to(t, entry, end, &other, &stop) && other == section)
		add(ret, t, section, begin, stop);
	else if (length != ABSENT && entry + length + t->kind->length_size <= t->size)
		add(ret, t, section, begin,
		    begin + elf_file_number(t->f, t->data + entry + length, t->kind->length_size));
}

/* A table of distances to single instructions, or of entries of a known form. */
static void read_entries(struct rewrites *ret, const struct rewrite_table *t)
{
	const struct form *form = &t->form;

	for (uint64_t entry = 0; t->size - entry >= form->size; entry += form->size) {
		uint64_t begin;
		size_t section;

		if (t->kind->structure) {
			add_piece(ret, t, entry, form->code, form->length, form->end);
			add_piece(ret, t, entry, form->other, form->other_length, form->other_end);
		} else if (leads_to(t, entry, 0, &section, &begin)) {
			add(ret, t, section, begin, begin + t->kind->length_size);
		}
	}
}

static int read_table(struct rewrites *ret, struct rewrite_table *t, struct elf_file *vmlinux)
{
	int status = 1;

	if (!relocs_from(t->relocs, t->section, 0))
		return 0;
	if (t->kind->structure)
		status = read_form(vmlinux, t->kind, &t->form);
	else
		t->form.size = 8;
	if (status < 0 || elf_file_bytes(t->f, t->section, &t->data, &t->size))
		return -1;
	if (!status || !t->form.size)
		ret->unknown = t->f->sec[t->section].name;
	else if (t->data)
		read_entries(ret, t);
	return 0;
}

int rewrites_read(const struct elf_file *module, const struct arch *arch,
		  const struct relocs *relocs, struct elf_file *vmlinux, struct rewrites *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (const struct arch_rewrite *kind = arch->loader.rewrites; kind && kind->section;
	     kind++) {
		struct rewrite_table t = {
			.f = module,
			.arch = arch,
			.relocs = relocs,
			.kind = kind,
			.section = elf_file_section(module, kind->section),
		};

		if (t.section && read_table(ret, &t, vmlinux)) {
			rewrites_free(ret);
			return -1;
		}
	}
	return 0;
}

const char *rewrites_at(const struct rewrites *r, size_t section, uint64_t offset, uint64_t size)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->r[i].section == section && offset < r->r[i].end &&
		    r->r[i].begin < offset + size)
			return r->r[i].table;
	}
	return NULL;
}

void rewrites_free(struct rewrites *r)
{
	free(r->r);
	memset(r, 0, sizeof(*r));
}
