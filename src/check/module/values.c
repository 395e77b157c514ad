// SPDX-License-Identifier: GPL-2.0-only
/*
 * What relocations and symbols become when the loader puts in addresses: whether the value fits,
 * and whether it is the address of something that exists.
 *
 * Rules: kernel/module/main.c, simplify_symbols(); the architecture's apply_relocate_add().
 */
#include <stdlib.h>
#include <string.h>

#include "check/say.h"

/* Are all addresses of the kernel above 4 GiB? Its sections of code tell. */
static bool is_high(const struct check *c)
{
	const struct elf_file *v = c->target->vmlinux;

	for (size_t i = 1; i < v->shnum; i++) {
		const GElf_Shdr *s = &v->sec[i].shdr;

		if ((s->sh_flags & SHF_EXECINSTR) && s->sh_addr <= UINT32_MAX)
			return false;
	}
	return true;
}

/* Is the symbol's value an address in memory? For a per-CPU variable it is an offset. */
static bool is_address(const struct check *c, const struct elf_symbol *s)
{
	size_t livepatch = c->symbol_of[s->index];

	if (!s->special)
		return !str_starts(c->mod->sec[s->shndx].name, ".data..percpu");
	if (livepatch) {
		const struct ksym *found = c->symbol[livepatch - 1].found;

		return found && found->addr > UINT32_MAX;
	}
	return s->shndx == SHN_UNDEF && GELF_ST_BIND(s->sym.st_info) != STB_WEAK;
}

/* x86 refuses it ("overflow in relocation type"); others may truncate the address. */
static void check_width(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	if (r->type == c->target->arch->abs32 && is_address(c, s))
		bad(c,
		    "'%s' + 0x%llx: 32 bits for the address of '%s', which has more: "
		    "apply_relocate_add() refuses the module, or cuts it off",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset, s->name);
}

/*
 * simplify_symbols() leaves an absolute symbol's value as it is, although the module is loaded
 * anywhere.
 */
static void check_absolute(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
	unsigned int kind = GELF_ST_TYPE(s->sym.st_info);

	if (!r->symbol || !s->special || s->shndx != SHN_ABS || !type || !type->size)
		return;
	if (!s->sym.st_value || type->relative || kind == STT_FUNC || kind == STT_OBJECT ||
	    kind == STT_FILE)
		bad(c,
		    "'%s' + 0x%llx: symbol '%s' has the absolute value 0x%llx, at which nothing "
		    "is: simplify_symbols() does not change that",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset, s->name,
		    (unsigned long long)s->sym.st_value);
}

/*
 * simplify_symbols() adds the address of the section. For one that is not loaded, that is in the
 * buffer with the file, which is freed. Livepatch relocations are loaded, but for
 * klp_apply_section_relocs() alone.
 */
static void check_loaded(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	if (s->special)
		return;
	if (c->mod->sec[s->shndx].shdr.sh_type == SHT_RELA)
		bad(c, "'%s' + 0x%llx leads to '%s', which holds relocations",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset,
		    c->mod->sec[s->shndx].name);
	else if (!(c->mod->sec[s->shndx].shdr.sh_flags & SHF_ALLOC))
		bad(c,
		    "'%s' + 0x%llx leads to '%s', which is not loaded: the kernel has freed what it "
		    "finds there",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset,
		    c->mod->sec[s->shndx].name);
}

/* A branch has to lead to code. A distance counts from the end of the instruction. */
static void check_branch(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);

	if (type && type->branch && !s->special &&
	    (c->mod->sec[s->shndx].shdr.sh_flags & SHF_ALLOC) &&
	    !(c->mod->sec[s->shndx].shdr.sh_flags & SHF_EXECINSTR))
		bad(c, "'%s' + 0x%llx branches to '%s', which is not code",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset,
		    c->mod->sec[s->shndx].name);
}

/*
 * The place to which a relocation against the module's own symbol leads. Compilers may count from a
 * little before or after the variable that is meant, as for an array whose first index is not 0,
 * but not from far away. In a section of strings, the end of the last string is the limit.
 */
#define NEAR 0x10000

static void check_place(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
	int64_t place = (int64_t)(s->sym.st_value + (uint64_t)r->addend), size;
	const GElf_Shdr *to;
	bool strings;

	if (s->special || !type || !type->size || type->label ||
	    arch_reloc_is_rest(c->target->arch, r->type))
		return;
	to = &c->mod->sec[s->shndx].shdr;
	size = to->sh_size < INT64_MAX ? (int64_t)to->sh_size : INT64_MAX;
	strings = (to->sh_flags & SHF_STRINGS) && !type->relative;
	if (strings ? place < 0 || place > size : place < -NEAR || place - NEAR > size)
		bad(c,
		    "'%s' + 0x%llx leads to '%s' + 0x%llx, where nothing of that section is (0x%llx "
		    "bytes)",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset,
		    c->mod->sec[s->shndx].name, (unsigned long long)place,
		    (unsigned long long)to->sh_size);
}

/*
 * A call of a function has to lead to its beginning; the distance counts from the end of the
 * instruction.
 */
static void check_call(const struct check *c, const struct reloc *r, const struct elf_symbol *s)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
	int8_t ahead = c->target->arch->code.operand_ahead;

	if (ahead && type && type->branch && GELF_ST_TYPE(s->sym.st_info) != STT_SECTION &&
	    r->addend != -ahead && !relocs_operand(c->mod, c->target->arch, r))
		bad(c,
		    "'%s' + 0x%llx branches to %lld bytes behind the beginning of '%s', into the middle "
		    "of it or beyond",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset,
		    (long long)((uint64_t)r->addend + (uint64_t)ahead), s->name);
}

/* Does the instruction there take what a relocation of that type writes? */
static void check_instruction(const struct check *c, const struct reloc *r)
{
	const struct arch *arch = c->target->arch;
	const struct arch_reloc *type = arch_reloc_by_type(arch, r->type);
	const unsigned char *code;
	size_t size;

	if (!arch->code.takes || !type || !type->size ||
	    !(c->mod->sec[r->section].shdr.sh_flags & SHF_EXECINSTR) ||
	    elf_file_bytes(c->mod, r->section, &code, &size) || !code || r->offset >= size)
		return;
	if (check_is_branch(c, r->section, r->offset) ? !type->relative
						      : !arch->code.takes(code, r->offset, type))
		bad(c,
		    "'%s' + 0x%llx: %s in an instruction that takes %s there: apply_relocate_add() "
		    "writes it all the same",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset, type->name,
		    type->relative ? "an address" : "a distance");
}

/*
 * A section has one section symbol at most, with the value 0: simplify_symbols() adds the section's
 * address to whatever is there.
 */
static void check_section_symbols(const struct check *c)
{
	bool *seen = xcalloc(c->mod->shnum, sizeof(*seen));

	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (s.special || GELF_ST_TYPE(s.sym.st_info) != STT_SECTION)
			continue;
		if (s.sym.st_value)
			bad(c,
			    "the symbol of section '%s' (number %zu) is 0x%llx bytes behind its "
			    "beginning: simplify_symbols() moves all that is counted from it",
			    c->mod->sec[s.shndx].name, i, (unsigned long long)s.sym.st_value);
		if (seen[s.shndx])
			bad(c,
			    "section '%s' has a second symbol (number %zu), which was another "
			    "section's: what is counted from it leads elsewhere",
			    c->mod->sec[s.shndx].name, i);
		seen[s.shndx] = true;
	}
	free(seen);
}

/*
 * Functions and variables lie within their sections, and functions in sections of code. Sections
 * that are not loaded do not matter.
 */
static void check_symbol(const struct check *c, size_t index)
{
	const GElf_Shdr *shdr;
	struct elf_symbol s;
	unsigned int kind;

	elf_file_symbol(c->mod, index, &s);
	kind = GELF_ST_TYPE(s.sym.st_info);
	if (s.special || kind == STT_SECTION)
		return;
	shdr = &c->mod->sec[s.shndx].shdr;
	if (!(shdr->sh_flags & SHF_ALLOC))
		return;
	/* A label has no size. */
	if (kind != STT_FUNC && kind != STT_OBJECT) {
		if (s.sym.st_value > shdr->sh_size)
			bad(c, "'%s' (at 0x%llx) lies beyond its section '%s' (0x%llx bytes)",
			    s.name, (unsigned long long)s.sym.st_value, c->mod->sec[s.shndx].name,
			    (unsigned long long)shdr->sh_size);
		return;
	}
	if (s.sym.st_value > shdr->sh_size || s.sym.st_size > shdr->sh_size - s.sym.st_value)
		bad(c,
		    "'%s' (0x%llx bytes at 0x%llx) reaches beyond its section '%s' (0x%llx bytes): the "
		    "rest of it is not there",
		    s.name, (unsigned long long)s.sym.st_size, (unsigned long long)s.sym.st_value,
		    c->mod->sec[s.shndx].name, (unsigned long long)shdr->sh_size);
	else if (kind == STT_FUNC && s.sym.st_size && !(shdr->sh_flags & SHF_EXECINSTR))
		bad(c,
		    "function '%s' lies in '%s', which is not code: the kernel faults when it runs "
		    "it",
		    s.name, c->mod->sec[s.shndx].name);
}

void check_values(struct check *c)
{
	bool high = is_high(c);

	check_section_symbols(c);
	for (size_t i = 1; i < c->mod->symnum; i++)
		check_symbol(c, i);
	check_function_pieces(c);
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		struct elf_symbol s;

		elf_file_symbol(c->mod, r->symbol, &s);
		if (high)
			check_width(c, r, &s);
		check_absolute(c, r, &s);
		check_loaded(c, r, &s);
		check_branch(c, r, &s);
		check_place(c, r, &s);
		check_call(c, r, &s);
		check_instruction(c, r);
		check_reach(c, r, &s);
	}
}
