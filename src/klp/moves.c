// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of relocations against livepatch symbols: see klp/moves.h. */
#include "klp/moves.h"

#include <string.h>

#include "base/util.h"
#include "klp/early.h"

bool move_code(const struct elf_file *f, size_t section, uint64_t offset, unsigned char *code)
{
	const unsigned char *data;
	size_t size;

	if (elf_file_bytes(f, section, &data, &size) || offset > size || 4 > size - offset)
		return false;
	memcpy(code, data + offset, 4);
	return true;
}

static struct move refused(const char *why)
{
	return (struct move){.how = MOVE_REFUSED, .why = why};
}

bool move_completes(const struct elf_file *f, const struct arch *arch, const struct reloc *r,
		    size_t section, uint64_t offset)
{
	const struct arch_reloc *type = arch_reloc_by_type(arch, r->type);
	struct elf_symbol label;

	if (!type || r->section != section)
		return false;
	if (type->whole)
		return r->offset == offset;
	/* A loader adds the addend to where the label is. */
	if (!type->label || r->addend)
		return false;
	elf_file_symbol(f, r->symbol, &label);
	return !label.special && label.shndx == section && label.sym.st_value == offset;
}

static bool loads_instead(const struct arch *arch, unsigned char *code)
{
	return arch->slots.load_instead && arch->slots.load_instead(code);
}

static bool adds_nothing(const struct arch *arch, unsigned char *code)
{
	return arch->slots.set_low && arch->slots.set_low(code, 1, 0);
}

/* Is there anything that completes the address of r, and can all of it be edited in that way? */
static bool can_edit(const struct elf_file *f, const struct arch *arch, const struct relocs *all,
		     const struct reloc *r,
		     bool (*edit)(const struct arch *arch, unsigned char *code))
{
	bool found = false;

	for (const struct reloc *i = relocs_from(all, r->section, 0);
	     i && i < all->r + all->n && i->section == r->section; i++) {
		uint64_t at = i->offset + (uint64_t)arch->code.operand_ahead;
		unsigned char code[8] = {0};

		if (!move_completes(f, arch, i, r->section, r->offset))
			continue;
		if (!move_code(f, i->section, at, code) || !edit(arch, code))
			return false;
		found = true;
	}
	return found;
}

/* The relocation of a type at the same place as r. */
static const struct reloc *beside(const struct relocs *all, const struct reloc *r, uint32_t type)
{
	for (const struct reloc *i = relocs_at(all, r->section, r->offset);
	     i && i < all->r + all->n && i->section == r->section && i->offset == r->offset; i++) {
		if (i->type == type)
			return i;
	}
	return NULL;
}

/*
 * Is the other part of the same address there? With another addend each part would get a slot of
 * its own, and the address would be a mixture of the two slots' addresses.
 */
static bool has_other(const struct arch_reloc *type, const struct relocs *all,
		      const struct reloc *r)
{
	/* The addend in the file: klpsyms may give the address of a new function another one. */
	const struct reloc *own = beside(all, r, r->type);

	for (const struct reloc *i = relocs_from(all, r->section, 0);
	     own && i && i < all->r + all->n && i->section == r->section; i++) {
		if (i->type == type->other && i->symbol == own->symbol && i->addend == own->addend)
			return true;
	}
	return false;
}

/* Can the instruction of r jump to a veneer? */
static bool fits_veneer(const struct elf_file *f, const struct arch *arch, const struct reloc *r)
{
	unsigned char code[4], veneer[ARCH_STUB_MAX];

	return arch->slots.veneer && move_code(f, r->section, r->offset, code) &&
	       arch->slots.fit_veneer(veneer, code);
}

/*
 * Why a veneer may be out of the jumps' reach, or NULL. The code of a module lies together, but
 * that which runs only once: kernel/module/main.c, layout_sections(). Every four bytes of it get a
 * veneer or a stub of twelve at the most, and those that a relocation completes get none.
 */
static const char *veneer_is_far(const struct elf_file *f, const struct arch *arch,
				 const struct reloc *r)
{
	uint64_t code = 0;

	if (!arch->slots.veneer_reach)
		return NULL;
	if (section_runs_anyway(f->sec[r->section].name))
		return "it is used in code that runs when the module comes or goes, which may lie "
		       "too far away from that which loads its address: use it in a function "
		       "without __init or __exit";
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *shdr = &f->sec[i].shdr;

		if (!(shdr->sh_flags & SHF_EXECINSTR))
			continue;
		if (shdr->sh_size > arch->slots.veneer_reach / 4 - code)
			return "the module has so much code that what loads its address may lie too "
			       "far away: make several livepatches";
		code += shdr->sh_size;
	}
	return NULL;
}

static struct move to_slot(const struct elf_file *f, const struct arch *arch,
			   const struct relocs *all, const struct reloc *r,
			   const struct arch_reloc *type)
{
	struct move m = {
		.how = MOVE_TO_SLOT, .type = type->slot, .loads = !type->got && !type->upper};

	if (m.loads && !can_edit(f, arch, all, r, loads_instead)) {
		if (fits_veneer(f, arch, r) && can_edit(f, arch, all, r, adds_nothing)) {
			const char *why = veneer_is_far(f, arch, r);

			return why ? refused(why)
				   : (struct move){.how = MOVE_TO_VENEER, .addend = r->addend};
		}
		return refused(
			"the code has the distance from itself to the symbol, for which there is "
			"no livepatch relocation: compile with klpmake's options, and do not name "
			"it in assembler code");
	}
	if (type->other && !has_other(type, all, r))
		return refused(
			"the code makes its address of two parts that belong to different places: "
			"compile with klpmake's options, and do not name it in assembler code");
	return m;
}

/*
 * A part of an address, see arch_reloc.page. As each part counts from the symbol itself, none has
 * to know which others belong to it.
 */
static struct move to_veneer(const struct elf_file *f, const struct arch *arch,
			     const struct reloc *r, const struct arch_reloc *type)
{
	unsigned char code[4];
	bool fits;

	if (type->page)
		fits = fits_veneer(f, arch, r);
	else
		fits = move_code(f, r->section, r->offset, code) &&
		       arch->slots.set_low(code, type->low, r->addend);
	if (!fits)
		return refused(
			"it is used in memory that is read-only when the kernel resolves the "
			"symbols of a module, by an instruction that is not a part of an address, "
			"or 4096 bytes or more behind it: use a pointer in data that can be "
			"written");
	return (struct move){.how = type->page ? MOVE_TO_VENEER : MOVE_TO_NUMBER,
			     .addend = r->addend};
}

const struct reloc *move_begun(const struct elf_file *f, const struct arch *arch,
			       const struct relocs *all, const struct reloc *r)
{
	const struct arch_reloc *type = arch_reloc_by_type(arch, r->type);
	struct elf_symbol label;

	if (!type || !type->label)
		return NULL;
	elf_file_symbol(f, r->symbol, &label);
	for (const struct reloc *i = relocs_at(all, r->section, label.sym.st_value);
	     i && i < all->r + all->n && i->offset == label.sym.st_value; i++) {
		const struct arch_reloc *begins = arch_reloc_by_type(arch, i->type);

		if (begins && begins->slot && move_completes(f, arch, r, i->section, i->offset))
			return i;
	}
	return NULL;
}

bool move_is_twin(const struct arch *arch, const struct relocs *all, const struct reloc *r,
		  const struct reloc **twin)
{
	for (const struct arch_reloc *type = arch->reloc; type->name; type++) {
		*twin = type->minus && type->minus == r->type ? beside(all, r, type->type) : NULL;
		if (*twin)
			return true;
	}
	return false;
}

/*
 * "symbol - label" where the label is in the relocated section is "symbol - place" with another
 * addend. A place that is wider than what the relocation writes is right where that is positive.
 */
static struct move difference(const struct elf_file *f, const struct arch *arch,
			      const struct relocs *all, const struct reloc *r,
			      const struct arch_reloc *type, bool late)
{
	const struct reloc *minus = beside(all, r, type->minus);
	const struct arch_reloc *becomes = arch_reloc_by_type(arch, type->difference);
	struct elf_symbol label = {.special = true};

	if (minus)
		elf_file_symbol(f, minus->symbol, &label);
	if (label.special || label.shndx != r->section)
		return refused("it is part of a sum of which the kernel would keep only one part: "
			       "store its address, and compute with that");
	if (becomes->size < type->size && (late || !arch->loader.modules_below))
		return refused(
			"a livepatch relocation fills only half of the place, and the distance may "
			"not fit there: store its address, and compute with that");
	return (struct move){
		.how = MOVE_DIFFERENCE,
		.type = type->difference,
		.addend = (int64_t)((uint64_t)r->addend + r->offset - label.sym.st_value -
				    (uint64_t)minus->addend),
	};
}

/* Does a call leave a register as the caller needs it? See arch.slots.returns. */
static bool keeps_register(const struct elf_file *f, const struct arch *arch, const struct reloc *r)
{
	const unsigned char *data;
	size_t size;

	return !arch->slots.returns ||
	       (!elf_file_bytes(f, r->section, &data, &size) && r->offset <= size &&
		8 <= size - r->offset && arch->slots.returns(data + r->offset));
}

struct move move_of(const struct elf_file *f, const struct arch *arch, const struct relocs *all,
		    const struct reloc *r, bool late)
{
	const struct arch_reloc *type = arch_reloc_by_type(arch, r->type);
	bool too_late =
		late && !arch->loader.writes_code && section_is_read_only(&f->sec[r->section]);

	if (!type)
		return refused(
			"the kernel's module loader does not know its relocation: compile with "
			"kbuild's options");
	if (type->never || type->label)
		return refused(type->never ? type->never : "it completes no other relocation");
	if (type->branch && !keeps_register(f, arch, r))
		return refused(
			"there is no room behind the call for the instruction that restores the "
			"register by which the patch finds its data: call it from C, as a function "
			"that is declared extern, and not as the last thing that another function "
			"does");
	if (type->call[late] && !relocs_operand(f, arch, r))
		return (struct move){
			.how = MOVE_AS_IS, .type = type->call[late], .addend = r->addend};
	if (type->slot)
		return to_slot(f, arch, all, r, type);
	if (too_late && (type->page || type->low))
		return to_veneer(f, arch, r, type);
	if (too_late && type->branch && arch->slots.stub)
		return (struct move){.how = MOVE_TO_STUB, .type = r->type, .addend = r->addend};
	if (too_late)
		return refused(
			"it is used in memory that is read-only when the kernel resolves the "
			"symbols of a module: use it in data that can be written");
	if (late && arch->loader.late_align &&
	    (r->offset % arch->loader.late_align ||
	     f->sec[r->section].shdr.sh_addralign < arch->loader.late_align))
		return refused(
			"its place is not aligned, and the kernel does not write to such a place "
			"when it resolves the symbols of a module: leave 'packed' out");
	if (type->minus)
		return difference(f, arch, all, r, type, late);
	return (struct move){.how = MOVE_AS_IS, .type = r->type, .addend = r->addend};
}
