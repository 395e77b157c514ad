// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of mutations that mutate.c makes of an object that klpdiff has cut out: each corrupts
 * one reference, in one of the ways in which code that cuts may go wrong. Debug information is left
 * alone.
 */
#include <stdio.h>
#include <string.h>

#include "mutate.h"

static bool is_table(const struct module *m, unsigned int section)
{
	const Elf64_Shdr *s = &m->section[section];

	return s->sh_type == SHT_RELA && s->sh_size &&
	       ((m->section[s->sh_info].sh_flags & SHF_ALLOC) ||
		!strncmp(section_name(m, s->sh_info), ".discard.", 9));
}

/* Any relocation: each is as likely as each other one. */
static Elf64_Rela *any_reloc(const struct module *m, struct mutation *made)
{
	uint64_t n = 0, chosen;

	for (unsigned int i = 1; i < m->sections; i++)
		n += is_table(m, i) ? m->section[i].sh_size / sizeof(Elf64_Rela) : 0;
	if (!n)
		return NULL;
	chosen = pick(n);
	for (unsigned int i = 1; i < m->sections; i++) {
		const Elf64_Shdr *s = &m->section[i];
		Elf64_Rela *r = (Elf64_Rela *)(m->bytes + s->sh_offset) + chosen;

		if (!is_table(m, i))
			continue;
		if (chosen < s->sh_size / sizeof(*r)) {
			snprintf(made->class, sizeof(made->class), "%s",
				 section_name(m, s->sh_info));
			snprintf(made->what, sizeof(made->what), "+0x%llx to '%s'%+lld",
				 (unsigned long long)r->r_offset,
				 symbol_name(m, (unsigned int)ELF64_R_SYM(r->r_info)),
				 (long long)r->r_addend);
			return r;
		}
		chosen -= s->sh_size / sizeof(*r);
	}
	return NULL;
}

static bool add(struct module *m, struct mutation *made, int64_t by)
{
	Elf64_Rela *r = any_reloc(m, made);

	if (!r || !by)
		return false;
	r->r_addend += by;
	return true;
}

static bool addend_byte(struct module *m, struct mutation *made)
{
	return add(m, made, pick(2) ? 1 : -1);
}

static bool addend_word(struct module *m, struct mutation *made)
{
	return add(m, made, pick(2) ? 8 : -8);
}

/* To what lies behind the thing that is meant. */
static bool addend_size(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);
	uint64_t size = r ? m->symbol[ELF64_R_SYM(r->r_info)].st_size : 0;

	if (!r)
		return false;
	r->r_addend += (int64_t)(size ? size : 1 + pick(40));
	return true;
}

/* The symbol beside it in the table. */
static bool symbol_beside(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);
	uint64_t old = r ? ELF64_R_SYM(r->r_info) : 0;
	uint64_t new = old > 1 && pick(2) ? old - 1 : old + 1;

	if (!old || new >= m->symbols)
		return false;
	r->r_info = ELF64_R_INFO(new, ELF64_R_TYPE(r->r_info));
	return true;
}

static bool dropped(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);

	if (r)
		r->r_info = 0;
	return r;
}

/* The types that the loader of x86 applies: 64, PC32, PLT32, 32, 32S, PC64 */
static bool other_type(struct module *m, struct mutation *made)
{
	static const uint64_t types[] = {1, 2, 4, 10, 11, 24};
	Elf64_Rela *r = any_reloc(m, made);
	uint64_t type = types[pick(6)];

	if (!r || type == ELF64_R_TYPE(r->r_info))
		return false;
	r->r_info = ELF64_R_INFO(ELF64_R_SYM(r->r_info), type);
	return true;
}

static bool moved(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);

	if (r)
		r->r_offset += 1 + pick(8);
	return r;
}

static bool is_undefined(const struct module *m, unsigned int i)
{
	return m->symbol[i].st_shndx == SHN_UNDEF && m->symbol[i].st_name && m->used[i];
}

/* The name of another thing that stays the kernel's, such as the variable's sibling. */
static bool other_name(struct module *m, struct mutation *made)
{
	unsigned int a = 1 + (unsigned int)pick(m->symbols - 1), b = a;

	for (unsigned int n = 0; !is_undefined(m, a) && n < m->symbols; n++)
		a = 1 + a % (m->symbols - 1);
	b = a;
	for (uint64_t n = 1 + pick(m->symbols); n; b = 1 + b % (m->symbols - 1))
		n -= is_undefined(m, b) || n > 1;
	if (!is_undefined(m, a) || !is_undefined(m, b) || a == b)
		return false;
	snprintf(made->class, sizeof(made->class), "undefined");
	snprintf(made->what, sizeof(made->what), "'%s' becomes '%s'", symbol_name(m, a),
		 symbol_name(m, b));
	m->symbol[a].st_name = m->symbol[b].st_name;
	return true;
}

/* What the cut object defines is elsewhere. */
static bool other_place(struct module *m, struct mutation *made)
{
	unsigned int i = 1 + (unsigned int)pick(m->symbols - 1);
	Elf64_Sym *s = &m->symbol[i];

	for (unsigned int n = 0; n < m->symbols; n++, i = 1 + i % (m->symbols - 1)) {
		s = &m->symbol[i];
		if (s->st_name && s->st_shndx && s->st_shndx < m->sections &&
		    ELF64_ST_TYPE(s->st_info) != STT_FILE)
			break;
	}
	snprintf(made->class, sizeof(made->class), "defined");
	snprintf(made->what, sizeof(made->what), "'%s'", symbol_name(m, i));
	s->st_value += pick(2) ? 1 : 8;
	return true;
}

const struct kind kinds[] = {
	{"addend-byte", addend_byte},
	{"addend-word", addend_word},
	{"addend-size", addend_size},
	{"symbol-beside", symbol_beside},
	{"dropped", dropped},
	{"other-type", other_type},
	{"moved", moved},
	{"other-name", other_name},
	{"other-place", other_place},
	{NULL, NULL},
};
