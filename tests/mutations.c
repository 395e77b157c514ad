// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of mutations that mutate.c makes: each changes one field of a section header, a symbol,
 * a relocation or the ELF header, or one byte of a section. A class also says where: which table,
 * code, data. Sections are picked before what is in them, so that the large ones do not get it all.
 */
#include <stdio.h>
#include <string.h>

#include "mutate.h"

#define RELA_LIVEPATCH 0x00100000
#define LIVEPATCH 0xff20

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* What of a module a section is, in a word; a table that the kernel reads has its own name. */
static const char *where(const struct module *m, unsigned int section)
{
	const Elf64_Shdr *s = &m->section[section];
	const char *name = section_name(m, section);

	if (!strcmp(name, ".gnu.linkonce.this_module"))
		return "this_module";
	if (s->sh_type == SHT_RELA)
		return s->sh_flags & RELA_LIVEPATCH		     ? "klp"
		       : m->section[s->sh_info].sh_flags & SHF_ALLOC ? "rela"
								     : "debug";
	if (!(s->sh_flags & SHF_ALLOC))
		return s->sh_type == SHT_SYMTAB	  ? "symtab"
		       : s->sh_type == SHT_STRTAB ? "strtab"
						  : "debug";
	if (starts(name, ".init") || starts(name, ".exit"))
		return s->sh_flags & SHF_EXECINSTR ? "init-code" : "init-data";
	if (s->sh_type == SHT_NOBITS)
		return "bss";
	if (starts(name, ".text"))
		return "code";
	if (starts(name, ".data"))
		return "data";
	if (starts(name, ".rodata"))
		return strstr(name, ".str") ? "strings" : "rodata";
	return s->sh_type == SHT_NOTE ? "note" : name;
}

static unsigned int any_section(const struct module *m)
{
	return 1 + (unsigned int)pick(m->sections - 1);
}

/* One for which is() holds; 0: there is none. */
static unsigned int section_that(const struct module *m,
				 bool (*is)(const struct module *, unsigned int))
{
	unsigned int n = 0, chosen;

	for (unsigned int i = 1; i < m->sections; i++)
		n += is(m, i);
	if (!n)
		return 0;
	chosen = (unsigned int)pick(n);
	for (unsigned int i = 1; i < m->sections; i++) {
		if (is(m, i) && !chosen--)
			return i;
	}
	return 0;
}

static bool is_loaded(const struct module *m, unsigned int i)
{
	return m->section[i].sh_flags & SHF_ALLOC;
}

static bool is_writable(const struct module *m, unsigned int i)
{
	return is_loaded(m, i) && (m->section[i].sh_flags & SHF_WRITE);
}

static bool is_code(const struct module *m, unsigned int i)
{
	return is_loaded(m, i) && (m->section[i].sh_flags & SHF_EXECINSTR);
}

static bool has_bytes(const struct module *m, unsigned int i)
{
	const Elf64_Shdr *s = &m->section[i];

	return s->sh_size && s->sh_type != SHT_NOBITS && s->sh_type != SHT_RELA &&
	       s->sh_type != SHT_SYMTAB && ((s->sh_flags & SHF_ALLOC) || s->sh_type == SHT_STRTAB);
}

static bool is_rela(const struct module *m, unsigned int i)
{
	const Elf64_Shdr *s = &m->section[i];

	return s->sh_type == SHT_RELA && s->sh_size && is_loaded(m, s->sh_info);
}

static bool is_kept(const struct module *m, unsigned int i)
{
	return is_loaded(m, i) || is_rela(m, i) || i == m->symtab;
}

static bool tell(struct module *m, struct mutation *made, unsigned int section, const char *field,
		 uint64_t old, uint64_t new)
{
	snprintf(made->class, sizeof(made->class), "%s", where(m, section));
	snprintf(made->what, sizeof(made->what), "%s: %s 0x%llx -> 0x%llx",
		 section_name(m, section), field, (unsigned long long)old, (unsigned long long)new);
	return true;
}

/* The members of a section header differ in size: two makers of functions that change one. */
#define SECTION_FIELD(function, member, chosen, value)                \
	static bool function(struct module *m, struct mutation *made) \
	{                                                             \
		unsigned int i = section_that(m, chosen);             \
		Elf64_Shdr *s = &m->section[i];                       \
		uint64_t old = s->member, new = (value);              \
                                                                      \
		if (!i || old == new)                                 \
			return false;                                 \
		tell(m, made, i, #member, old, new);                  \
		s->member = (__typeof__(s->member))new;               \
		return true;                                          \
	}

static uint64_t other_type(void)
{
	static const uint32_t types[] = {SHT_NULL, SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB,
					 SHT_RELA, SHT_NOTE,	 SHT_REL,    0x60000004};

	return types[pick(sizeof(types) / sizeof(types[0]))];
}

SECTION_FIELD(section_name_moved, sh_name, is_kept, old + 1)
SECTION_FIELD(section_without_bytes, sh_type, is_loaded, SHT_NOBITS)
SECTION_FIELD(section_type, sh_type, is_kept, other_type())
SECTION_FIELD(section_not_loaded, sh_flags, is_loaded, old & ~(uint64_t)SHF_ALLOC)
SECTION_FIELD(section_read_only, sh_flags, is_writable, old & ~(uint64_t)SHF_WRITE)
SECTION_FIELD(section_no_code, sh_flags, is_code, old & ~(uint64_t)SHF_EXECINSTR)
SECTION_FIELD(section_writable_code, sh_flags, is_loaded, old | SHF_WRITE | SHF_EXECINSTR)
SECTION_FIELD(section_offset, sh_offset, is_kept, old + 1 + pick(64))
SECTION_FIELD(section_smaller, sh_size, is_kept, old ? old - 1 - pick(old) : 0)
SECTION_FIELD(section_larger, sh_size, is_kept, old + 1 + pick(64))
SECTION_FIELD(section_align_odd, sh_addralign, is_loaded, 3 + 2 * pick(16))
SECTION_FIELD(section_align_huge, sh_addralign, is_loaded, (uint64_t)1 << (24 + pick(40)))
SECTION_FIELD(section_align_less, sh_addralign, is_loaded, 1)
SECTION_FIELD(section_info, sh_info, is_rela, pick(m->sections + 3))
SECTION_FIELD(section_link, sh_link, is_rela, pick(m->sections + 3))
SECTION_FIELD(section_entsize, sh_entsize, is_rela, pick(64))

/* What a symbol is to the module, in a word. */
static const char *role(const struct module *m, unsigned int i)
{
	const Elf64_Sym *s = &m->symbol[i];
	const char *name = symbol_name(m, i);

	if (!strcmp(name, "init_module") || !strcmp(name, "cleanup_module") ||
	    !strcmp(name, "__this_module"))
		return name;
	if (s->st_shndx == LIVEPATCH)
		return "klp";
	if (s->st_shndx == SHN_UNDEF)
		return "undefined";
	if (!m->used[i])
		return "unused";
	if (ELF64_ST_TYPE(s->st_info) == STT_SECTION)
		return "section";
	return ELF64_ST_TYPE(s->st_info) == STT_FUNC ? "function" : "object";
}

/* Half of them is one that the module uses. */
static unsigned int any_symbol(const struct module *m)
{
	unsigned int i = 1 + (unsigned int)pick(m->symbols - 1);

	if (pick(2)) {
		for (unsigned int n = 0; !m->used[i] && n < m->symbols; n++)
			i = 1 + i % (m->symbols - 1);
	}
	return i;
}

static bool tell_symbol(struct module *m, struct mutation *made, unsigned int symbol,
			const char *field, uint64_t old, uint64_t new)
{
	snprintf(made->class, sizeof(made->class), "%s", role(m, symbol));
	snprintf(made->what, sizeof(made->what), "symbol %u '%s': %s 0x%llx -> 0x%llx", symbol,
		 symbol_name(m, symbol), field, (unsigned long long)old, (unsigned long long)new);
	return old != new;
}

#define SYMBOL_FIELD(function, member, value)                           \
	static bool function(struct module *m, struct mutation *made)   \
	{                                                               \
		unsigned int i = any_symbol(m);                         \
		Elf64_Sym *s = &m->symbol[i];                           \
		uint64_t old = s->member, new = (value);                \
		bool told = tell_symbol(m, made, i, #member, old, new); \
                                                                        \
		s->member = (__typeof__(s->member))new;                 \
		return told;                                            \
	}

SYMBOL_FIELD(symbol_undefined, st_shndx, SHN_UNDEF)
SYMBOL_FIELD(symbol_absolute, st_shndx, SHN_ABS)
SYMBOL_FIELD(symbol_livepatch, st_shndx, LIVEPATCH)
SYMBOL_FIELD(symbol_elsewhere, st_shndx, any_section(m))
SYMBOL_FIELD(symbol_reserved, st_shndx, 0xff00 + pick(0x100))
SYMBOL_FIELD(symbol_beyond, st_shndx, m->sections + pick(0xfe00))
SYMBOL_FIELD(symbol_value, st_value, old + 1 + pick(64))
SYMBOL_FIELD(symbol_value_far, st_value, old + ((uint64_t)1 << (20 + pick(40))))
SYMBOL_FIELD(symbol_name_moved, st_name, old + 1)
SYMBOL_FIELD(symbol_size, st_size, pick(2) ? pick(old + 1) : old + 1 + pick(1 << 20))
SYMBOL_FIELD(symbol_info, st_info, pick(256))

static Elf64_Rela *any_reloc(const struct module *m, struct mutation *made)
{
	unsigned int i = section_that(m, is_rela);
	const Elf64_Shdr *s = &m->section[i];
	const char *klp = s->sh_flags & RELA_LIVEPATCH ? "klp-" : "";
	uint64_t entry;

	if (!i)
		return NULL;
	entry = pick(s->sh_size / sizeof(Elf64_Rela));
	snprintf(made->class, sizeof(made->class), "%s%s", klp, where(m, s->sh_info));
	snprintf(made->what, sizeof(made->what), "%s entry %llu", section_name(m, i),
		 (unsigned long long)entry);
	return (Elf64_Rela *)(m->bytes + s->sh_offset) + entry;
}

static void add_change(struct mutation *made, const char *field, uint64_t old, uint64_t new)
{
	size_t n = strlen(made->what);

	snprintf(made->what + n, sizeof(made->what) - n, ": %s 0x%llx -> 0x%llx", field,
		 (unsigned long long)old, (unsigned long long)new);
}

static bool reloc_offset(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);
	int64_t by = (int64_t)pick(16) - 8;

	if (!r || !by || by + (int64_t)r->r_offset < 0)
		return false;
	add_change(made, "r_offset", r->r_offset, r->r_offset + (uint64_t)by);
	r->r_offset += (uint64_t)by;
	return true;
}

/* From here on a member of r_info, or the addend, in place of the old one. */
static bool set_info(Elf64_Rela *r, struct mutation *made, uint64_t symbol, uint64_t type)
{
	uint64_t old = r->r_info, was = ELF64_R_TYPE(old);

	/* R_X86_64_PC32 and R_X86_64_PLT32 are the same to the loader. */
	if (symbol == ELF64_R_SYM(old) && (type == 2 || type == 4) && (was == 2 || was == 4))
		return false;
	r->r_info = ELF64_R_INFO(symbol, type);
	add_change(made, "r_info", old, r->r_info);
	return true;
}

static bool reloc_type(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);

	return r && set_info(r, made, ELF64_R_SYM(r->r_info), pick(43));
}

/* The types that the loader of x86 applies: 64, PC32, PLT32, 32, 32S, PC64 */
static bool reloc_known_type(struct module *m, struct mutation *made)
{
	static const unsigned char types[] = {1, 2, 4, 10, 11, 24};
	Elf64_Rela *r = any_reloc(m, made);

	return r && set_info(r, made, ELF64_R_SYM(r->r_info), types[pick(sizeof(types))]);
}

static bool reloc_no_symbol(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);

	return r && set_info(r, made, 0, ELF64_R_TYPE(r->r_info));
}

static bool reloc_symbol(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);

	return r && set_info(r, made, pick(m->symbols + 4), ELF64_R_TYPE(r->r_info));
}

static bool reloc_addend(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);
	int64_t old = r ? r->r_addend : 0;

	if (!r)
		return false;
	r->r_addend += (int64_t)pick(64) - 32;
	add_change(made, "r_addend", (uint64_t)old, (uint64_t)r->r_addend);
	return true;
}

static bool reloc_addend_far(struct module *m, struct mutation *made)
{
	Elf64_Rela *r = any_reloc(m, made);
	int64_t old = r ? r->r_addend : 0;

	if (!r)
		return false;
	r->r_addend += (int64_t)1 << (14 + pick(40));
	add_change(made, "r_addend", (uint64_t)old, (uint64_t)r->r_addend);
	return true;
}

static bool one_byte(struct module *m, struct mutation *made)
{
	unsigned int i = section_that(m, has_bytes);
	uint64_t at = i ? pick(m->section[i].sh_size) : 0;
	unsigned char *byte = m->bytes + m->section[i].sh_offset + at;
	unsigned char new = i ? (unsigned char)(*byte + 1 + pick(255)) : 0;

	if (!i)
		return false;
	tell(m, made, i, "byte", *byte, new);
	add_change(made, "at", at, at);
	*byte = new;
	return true;
}

/* What the loader reads of the ELF header. */
static bool header_byte(struct module *m, struct mutation *made)
{
	static const struct {
		const char *name;
		unsigned char at, size;
	} fields[] = {
		{"e_ident", 0, 6},     {"e_type", 16, 2},      {"e_machine", 18, 2},
		{"e_shoff", 40, 8},    {"e_shentsize", 58, 2}, {"e_shnum", 60, 2},
		{"e_shstrndx", 62, 2},
	};
	uint64_t f = pick(sizeof(fields) / sizeof(fields[0]));
	unsigned char *byte = m->bytes + fields[f].at + pick(fields[f].size);
	unsigned char new = (unsigned char)(*byte + 1 + pick(255));

	snprintf(made->class, sizeof(made->class), "%s", fields[f].name);
	snprintf(made->what, sizeof(made->what), "byte %lu", (unsigned long)(byte - m->bytes));
	add_change(made, fields[f].name, *byte, new);
	*byte = new;
	return true;
}

const struct kind kinds[] = {
	{"section-name", section_name_moved},
	{"section-nobits", section_without_bytes},
	{"section-type", section_type},
	{"section-not-loaded", section_not_loaded},
	{"section-read-only", section_read_only},
	{"section-no-code", section_no_code},
	{"section-writable-code", section_writable_code},
	{"section-offset", section_offset},
	{"section-smaller", section_smaller},
	{"section-larger", section_larger},
	{"section-align-odd", section_align_odd},
	{"section-align-huge", section_align_huge},
	{"section-align-less", section_align_less},
	{"section-info", section_info},
	{"section-link", section_link},
	{"section-entsize", section_entsize},
	{"symbol-undefined", symbol_undefined},
	{"symbol-absolute", symbol_absolute},
	{"symbol-livepatch", symbol_livepatch},
	{"symbol-elsewhere", symbol_elsewhere},
	{"symbol-reserved", symbol_reserved},
	{"symbol-beyond", symbol_beyond},
	{"symbol-value", symbol_value},
	{"symbol-value-far", symbol_value_far},
	{"symbol-name", symbol_name_moved},
	{"symbol-size", symbol_size},
	{"symbol-info", symbol_info},
	{"reloc-offset", reloc_offset},
	{"reloc-type", reloc_type},
	{"reloc-known-type", reloc_known_type},
	{"reloc-no-symbol", reloc_no_symbol},
	{"reloc-symbol", reloc_symbol},
	{"reloc-addend", reloc_addend},
	{"reloc-addend-far", reloc_addend_far},
	{"byte", one_byte},
	{"header", header_byte},
	{NULL, NULL},
};
