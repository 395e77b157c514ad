// SPDX-License-Identifier: GPL-2.0-only
/* Where references lead: see diff/refs.h. */
#include "diff/refs.h"

#include <stdlib.h>
#include <string.h>

#include "arch/step.h"
#include "base/search.h"
#include "base/util.h"
#include "diff/sections.h"
#include "elf/relocs.h"
#include "operand/operand.h"

static void add_ref(struct pieces *p, const struct piece_ref *r)
{
	GROW(p->ref, p->refs, p->refs_cap);
	p->ref[p->refs++] = *r;
}

static int by_place(const void *a, const void *b)
{
	const struct piece_ref *x = a, *y = b;

	return ORDER(x->section, y->section)
		       ?: ORDER(x->offset, y->offset)
		       /* Of a difference, what is added comes before what is subtracted. */
		       ?: ORDER(x->type, y->type);
}

static void add_relocs(struct pieces *p, const struct relocs *relocs)
{
	for (size_t i = 0; i < relocs->n; i++) {
		const struct reloc *r = &relocs->r[i];

		if (r->type && section_kind(&p->elf->sec[r->section]) != SECTION_NONE)
			add_ref(p, &(struct piece_ref){.section = r->section,
						       .offset = r->offset,
						       .type = r->type,
						       .symbol = r->symbol,
						       .addend = r->addend,
						       .piece = NO_PIECE});
	}
}

/* Those of what is loaded, and of what only objtool reads. */
static int read_relocs(struct pieces *p)
{
	struct relocs relocs;

	if (relocs_read(p->elf, &relocs))
		return -1;
	add_relocs(p, &relocs);
	relocs_free(&relocs);
	for (size_t i = 1; i < p->elf->shnum; i++) {
		const struct elf_section *s = &p->elf->sec[i];

		if ((s->shdr.sh_flags & SHF_ALLOC) || section_kind(s) == SECTION_NONE)
			continue;
		if (relocs_read_section(p->elf, i, &relocs))
			return -1;
		add_relocs(p, &relocs);
		relocs_free(&relocs);
	}
	return 0;
}

/* Code that is read from one instruction to the next. */
struct reader {
	struct pieces *p;
	size_t known;		  /* how many references are relocations */
	size_t section, ref, end; /* ref: the first at the instruction or behind it */
	const unsigned char *code;
	size_t size;
	uint64_t *function; /* elf_place() of where functions begin, ascending */
	size_t functions;
};

static int no_instruction(const struct reader *r, uint64_t at)
{
	error("'%s': section '%s' has an instruction at 0x%llx that cannot be read",
	      r->p->elf->path, r->p->elf->sec[r->section].name, (unsigned long long)at);
	return -1;
}

/* How many functions begin at a place of the section or before it. */
static size_t functions_up_to(const struct reader *r, uint64_t offset)
{
	return COUNT_FIRST(i, r->functions, r->function[i] <= elf_place(r->section, offset));
}

/* Do two places belong to one function? */
static bool in_one(const struct reader *r, uint64_t a, uint64_t b)
{
	return functions_up_to(r, a) == functions_up_to(r, b);
}

/*
 * A branch to another function of the section: the assembler has written the distance, and what is
 * cut out needs a relocation; where there is none, it is refused when it would be needed (type 0).
 */
static void add_branch(struct reader *r, uint64_t at, const struct step *step)
{
	uint64_t end = at + step->size;

	add_ref(r->p, &(struct piece_ref){
			      .section = r->section,
			      .offset = at,
			      .type = step->size < 4 ? 0 : operand_branch(r->p->arch, r->code + at),
			      .addend = (int64_t)(end + (uint64_t)step->distance),
			      .piece = NO_PIECE});
}

/* The same where a distance counts from the end of the instruction, whose last four bytes it is. */
static void add_branch_from_end(struct reader *r, uint64_t at, const struct step *step)
{
	const struct arch_reloc *type = r->p->arch->reloc;
	uint64_t end = at + step->size;

	while (type->name && !(type->branch && type->relative && type->size == 4))
		type++;
	add_ref(r->p, &(struct piece_ref){
			      .section = r->section,
			      .offset = step->size > 4 ? end - 4 : at,
			      .type = step->size > 4 && type->name ? type->type : 0,
			      .addend = (int64_t)(end + (uint64_t)step->distance) -
					(step->size > 4 ? 4 : 0),
			      .tail = step->size > 4 ? 4 : 0,
			      .piece = NO_PIECE,
		      });
}

static int read_instruction(struct reader *r, step_fn *read, uint64_t at, uint64_t *next)
{
	struct step step = read(r->code + at, r->size - at);
	bool written = false, from_end = r->p->arch->code.immediate;

	if (!step.size || step.size > r->size - at)
		return no_instruction(r, at);
	*next = at + step.size;
	for (; r->ref < r->end && r->p->ref[r->ref].offset < *next; r->ref++) {
		struct piece_ref *ref = &r->p->ref[r->ref];
		const struct arch_reloc *type = arch_reloc_by_type(r->p->arch, ref->type);

		written = true;
		if (type && type->relative && from_end)
			ref->tail = (uint8_t)(*next - ref->offset);
	}
	if (step.to && !written && !in_one(r, at, *next + (uint64_t)step.distance))
		(from_end ? add_branch_from_end : add_branch)(r, at, &step);
	return 0;
}

/* Where the functions of the file begin, ascending. */
static void find_functions(struct reader *r)
{
	size_t cap = 0;

	for (size_t i = 1; i < r->p->elf->symnum; i++) {
		struct elf_symbol sym;

		elf_file_symbol(r->p->elf, i, &sym);
		if (sym.special || GELF_ST_TYPE(sym.sym.st_info) != STT_FUNC)
			continue;
		GROW(r->function, r->functions, cap);
		r->function[r->functions++] = elf_place(sym.shndx, sym.sym.st_value);
	}
	if (r->functions)
		qsort(r->function, r->functions, sizeof(*r->function), order_u64);
}

static int read_code(struct reader *r, size_t section)
{
	struct pieces *p = r->p;
	step_fn *read = step_of(p->arch);

	if (!read) {
		error("'%s': code of this architecture cannot be read", p->elf->path);
		return -1;
	}
	r->section = section;
	if (elf_file_bytes(p->elf, section, &r->code, &r->size))
		return -1;
	r->ref = COUNT_FIRST(i, r->known, p->ref[i].section < section);
	r->end = COUNT_FIRST(i, r->known, p->ref[i].section <= section);
	for (uint64_t at = 0, next; at < r->size; at = next) {
		size_t up_to = functions_up_to(r, at);

		if (read_instruction(r, read, at, &next))
			return -1;
		/* A function begins an instruction, whatever stands before it. */
		if (up_to < functions_up_to(r, next))
			next = (uint32_t)r->function[up_to];
	}
	return 0;
}

int refs_read(struct pieces *p)
{
	struct reader r = {.p = p};
	int status = 0;

	if (read_relocs(p))
		return -1;
	if (p->refs)
		qsort(p->ref, p->refs, sizeof(*p->ref), by_place);
	r.known = p->refs;
	find_functions(&r);
	for (size_t i = 1; i < p->elf->shnum && !status; i++) {
		enum section_kind kind = section_kind(&p->elf->sec[i]);

		if ((kind == SECTION_CODE || kind == SECTION_BODIES) &&
		    p->elf->sec[i].shdr.sh_type == SHT_PROGBITS)
			status = read_code(&r, i);
	}
	free(r.function);
	if (p->refs > r.known)
		qsort(p->ref, p->refs, sizeof(*p->ref), by_place);
	return status;
}

/*
 * The piece that a place belongs to. Where a symbol was named, it is that symbol's, also just
 * behind its end.
 */
static void resolve(struct pieces *p, struct piece_ref *r, const struct elf_symbol *sym)
{
	uint64_t base = sym->sym.st_value;
	uint64_t place = base + (uint64_t)r->addend + r->tail;
	bool named = GELF_ST_TYPE(sym->sym.st_info) != STT_SECTION;

	r->piece = pieces_at(p, sym->shndx, place);
	/* An index that does not begin at 0 makes a place beside the variable. */
	if (r->piece == NO_PIECE && elf_near_data(p->elf->sec[sym->shndx].shdr.sh_flags, place))
		r->piece = pieces_only(p, sym->shndx);
	if (named && pieces_at(p, sym->shndx, base) != NO_PIECE &&
	    p->piece[pieces_at(p, sym->shndx, base)].name)
		r->piece = pieces_at(p, sym->shndx, base);
	if (r->piece != NO_PIECE)
		r->to = (int64_t)(place - p->piece[r->piece].start - p->piece[r->piece].lead);
}

static int resolve_ref(struct pieces *p, struct piece_ref *r)
{
	struct elf_symbol sym;

	elf_file_symbol(p->elf, r->symbol, &sym);
	if (!r->symbol) {
		sym = (struct elf_symbol){.shndx = r->section,
					  .sym.st_info = GELF_ST_INFO(STB_LOCAL, STT_SECTION)};
	} else if (sym.special) {
		r->to = (int64_t)((uint64_t)r->addend + r->tail);
		return 0;
	}
	/* Of a section that is not loaded there are no pieces. */
	if (section_kind(&p->elf->sec[sym.shndx]) == SECTION_NONE)
		return 0;
	resolve(p, r, &sym);
	if (r->piece != NO_PIECE)
		return 0;
	error("'%s': section '%s' refers at 0x%llx to a place behind the end of '%s'", p->elf->path,
	      p->elf->sec[r->section].name, (unsigned long long)r->offset,
	      p->elf->sec[sym.shndx].name);
	return -1;
}

/* The order of sections is that in which the compiler first needed them. */
static int by_about(const void *a, const void *b, void *arg)
{
	const struct pieces *p = arg;
	const size_t *x = a, *y = b;

	return ORDER(p->piece[*x].about, p->piece[*y].about)
		       ?: strcmp(p->elf->sec[p->piece[*x].section].name,
				 p->elf->sec[p->piece[*y].section].name)
		       ?: ORDER(*x, *y);
}

static void sort_entries(struct pieces *p)
{
	p->entry = xcalloc(p->n, sizeof(*p->entry));
	for (size_t i = 0; i < p->n; i++) {
		if (p->piece[i].about != NO_PIECE)
			p->entry[p->entries++] = i;
	}
	if (p->entries)
		qsort_r(p->entry, p->entries, sizeof(*p->entry), by_about, p);
}

int refs_resolve(struct pieces *p)
{
	for (size_t i = 0; i < p->refs; i++) {
		if (resolve_ref(p, &p->ref[i]))
			return -1;
	}
	for (size_t i = 0; i < p->n; i++) {
		struct piece *x = &p->piece[i];

		x->ref = COUNT_FIRST(
			r, p->refs,
			p->ref[r].section < x->section ||
				(p->ref[r].section == x->section && p->ref[r].offset < x->start));
		while (x->ref + x->refs < p->refs &&
		       p->ref[x->ref + x->refs].section == x->section &&
		       p->ref[x->ref + x->refs].offset < x->end)
			x->refs++;
		if (x->kind == PIECE_ENTRY && x->refs)
			x->about = p->ref[x->ref].piece;
	}
	sort_entries(p);
	return 0;
}
