// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the module's functions instruction by instruction from their beginning (arch/step.h). The
 * last instruction has to end where the function does, a relocation has to be where an operand is,
 * and a branch has to lead to the beginning of an instruction. The kernel checks none of this.
 *
 * What is learned about the beginnings of instructions also serves the passes that ask to what the
 * entries of a table refer (check/module/code_places.c).
 */
#include <stdlib.h>

#include "arch/step.h"
#include "check/say.h"

/* What a byte of code is, 0: unknown. DISPUTED: two functions disagree. */
enum { BEGINS = 1, WITHIN, DISPUTED };

struct function {
	const char *name;
	size_t section;
	uint64_t begin, end;
	const unsigned char *code; /* of the whole section, with size bytes */
	size_t size;
};

static bool is_function(const struct check *c, size_t symbol, struct function *ret)
{
	struct elf_symbol s;

	elf_file_symbol(c->mod, symbol, &s);
	if (s.special || GELF_ST_TYPE(s.sym.st_info) != STT_FUNC || !s.sym.st_size ||
	    !(c->mod->sec[s.shndx].shdr.sh_flags & SHF_EXECINSTR) ||
	    elf_file_bytes(c->mod, s.shndx, &ret->code, &ret->size) || !ret->code ||
	    s.sym.st_value >= ret->size || s.sym.st_size > ret->size - s.sym.st_value)
		return false;
	ret->name = s.name;
	ret->section = s.shndx;
	ret->begin = s.sym.st_value;
	ret->end = s.sym.st_value + s.sym.st_size;
	return true;
}

/* Functions that overlap may have been read from different beginnings. */
static void mark(unsigned char *what, unsigned char is)
{
	*what = *what && *what != is ? DISPUTED : is;
}

/* Reads a function up to the first unknown instruction. */
static void read_function(struct check *c, const struct function *f)
{
	step_fn *step = step_of(c->target->arch);
	unsigned char *map;

	if (!c->instructions[f->section])
		c->instructions[f->section] = xcalloc(f->size, 1);
	map = c->instructions[f->section];
	for (uint64_t at = f->begin; at < f->end;) {
		struct step s = step(f->code + at, f->size - at);

		if (!s.size || s.size > f->size - at)
			return;
		mark(&map[at], BEGINS);
		for (uint64_t i = at + 1; i < at + s.size; i++)
			mark(&map[i], WITHIN);
		at += s.size;
		if (at > f->end)
			bad(c,
			    "the last instruction of '%s' ends behind it ('%s' + 0x%llx): the "
			    "processor reads on in what follows",
			    f->name, c->mod->sec[f->section].name, (unsigned long long)at);
	}
}

static const struct reloc *reloc_in(const struct check *c, const struct function *f, uint64_t at,
				    size_t size)
{
	const struct reloc *r = relocs_from(&c->relocs, f->section, at);

	return r && r->offset - at < size ? r : NULL;
}

/* Checks where a branch without a relocation leads: the assembler has computed its distance. */
static void check_branch(const struct check *c, const struct function *f, uint64_t at,
			 const struct step *s)
{
	uint64_t to = at + s->size + (uint64_t)s->distance;
	const unsigned char *map = c->instructions[f->section];
	const char *why = NULL;

	if (!s->to || reloc_in(c, f, at, s->size))
		return;
	if (to >= f->size)
		why = "out of its section";
	else if (map[to] == WITHIN)
		why = "into the middle of an instruction";
	else if (c->target->arch->loader.zero_before_apply && !s->distance && s->size > 4)
		why = "to the next one, as if a relocation were missing";
	if (why)
		bad(c, "function '%s': the instruction at '%s' + 0x%llx leads %s", f->name,
		    c->mod->sec[f->section].name, (unsigned long long)at, why);
}

static void check_branches(const struct check *c, const struct function *f)
{
	step_fn *step = step_of(c->target->arch);

	for (uint64_t at = f->begin; at < f->end;) {
		struct step s = step(f->code + at, f->size - at);

		if (!s.size || s.size > f->size - at)
			return;
		check_branch(c, f, at, &s);
		at += s.size;
	}
}

/*
 * On architectures where an operand never comes first in an instruction, a relocation cannot be
 * where an instruction begins.
 */
static void check_operand(const struct check *c, const struct reloc *r)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
	const unsigned char *map = c->instructions[r->section];
	const GElf_Shdr *shdr = &c->mod->sec[r->section].shdr;

	if (!map || !type || !type->size || r->offset > shdr->sh_size ||
	    type->size > shdr->sh_size - r->offset)
		return;
	for (uint64_t i = r->offset; i < r->offset + type->size; i++) {
		if (map[i] != BEGINS)
			continue;
		bad(c,
		    "'%s' + 0x%llx: %s where no operand is, but an instruction begins: "
		    "apply_relocate_add() would make another one of it",
		    c->mod->sec[r->section].name, (unsigned long long)r->offset, type->name);
		return;
	}
}

void check_instructions(struct check *c)
{
	struct function f;

	if (!step_of(c->target->arch) || !c->relocs_sane)
		return;
	c->instructions = xcalloc(c->mod->shnum, sizeof(*c->instructions));
	for (size_t i = 1; i < c->mod->symnum; i++) {
		if (is_function(c, i, &f))
			read_function(c, &f);
	}
	for (size_t i = 1; i < c->mod->symnum; i++) {
		if (is_function(c, i, &f))
			check_branches(c, &f);
	}
	for (size_t i = 0; c->target->arch->code.operand_ahead && i < c->relocs.n; i++)
		check_operand(c, &c->relocs.r[i]);
}

bool check_is_branch(const struct check *c, size_t section, uint64_t offset)
{
	const unsigned char *code;
	uint64_t at = offset;
	size_t size;

	while (at && check_within_instruction(c, section, at))
		at--;
	return at < offset && c->instructions[section][at] == BEGINS &&
	       !elf_file_bytes(c->mod, section, &code, &size) && code &&
	       step_of(c->target->arch)(code + at, size - at).to;
}

bool check_within_instruction(const struct check *c, size_t section, uint64_t offset)
{
	const unsigned char *map = c->instructions ? c->instructions[section] : NULL;

	return map && offset < c->mod->sec[section].shdr.sh_size && map[offset] == WITHIN;
}
