// SPDX-License-Identifier: GPL-2.0-only
/* Reading an object file and cutting it into pieces: see diff/pieces.h. */
#include "diff/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "diff/refs.h"
#include "diff/sections.h"
#include "dwarf/reduced.h"
#include "operand/operand.h"

/* A place where a piece begins. */
struct cut {
	uint64_t offset;
	size_t symbol; /* that begins there, or 0 */
	uint8_t lead;  /* ... so many bytes behind that place */
};

struct cuts {
	struct cut *c;
	size_t n, cap;
};

/* What is known while the pieces of all sections are made. */
struct cutter {
	struct pieces *p;
	const struct code_tables *tables;
	struct cuts *cuts; /* by section */
	uint64_t *traced;  /* elf_place() of call sites of ftrace, ascending */
	size_t sites;
};

static void add_cut(struct cuts *cuts, uint64_t offset, size_t symbol)
{
	GROW(cuts->c, cuts->n, cuts->cap);
	cuts->c[cuts->n++] = (struct cut){.offset = offset, .symbol = symbol};
}

/* Of several symbols at one place, the first that is global gives the piece its name. */
static int by_offset(const void *a, const void *b)
{
	const struct cut *x = a, *y = b;

	return ORDER(x->offset, y->offset) ?: ORDER(!x->symbol, !y->symbol) ?: ORDER(x->symbol, y->symbol);
}

/* The places that ftrace finds, as far as the file lists them in a section of their own. */
static void find_traced(struct cutter *c)
{
	const struct pieces *p = c->p;
	const char *list = p->arch->ftrace.section[0];
	size_t cap = 0;

	for (size_t i = 0; i < p->refs && p->arch->ftrace.padding; i++) {
		const struct piece_ref *r = &p->ref[i];
		struct elf_symbol sym;

		if (strcmp(p->elf->sec[r->section].name, list) != 0)
			continue;
		elf_file_symbol(p->elf, r->symbol, &sym);
		if (sym.special)
			continue;
		GROW(c->traced, c->sites, cap);
		c->traced[c->sites++] =
			elf_place(sym.shndx, sym.sym.st_value + (uint64_t)r->addend);
	}
	if (c->sites)
		qsort(c->traced, c->sites, sizeof(*c->traced), order_u64);
}

/* How many bytes before a function belong to it, because its call site of ftrace is there. */
static uint8_t lead_of(const struct cutter *c, const struct elf_symbol *sym)
{
	uint64_t place = elf_place(sym->shndx, sym->sym.st_value);
	size_t up_to = COUNT_FIRST(i, c->sites, c->traced[i] <= place);
	uint64_t lead = up_to ? place - c->traced[up_to - 1] : 0;

	return lead <= c->p->arch->ftrace.padding && lead <= sym->sym.st_value ? (uint8_t)lead : 0;
}

static void cut_at_symbols(struct cutter *c)
{
	const struct elf_file *f = c->p->elf;

	for (size_t i = 1; i < f->symnum; i++) {
		enum section_kind kind;
		struct elf_symbol sym;
		unsigned char type;
		uint8_t lead;

		elf_file_symbol(f, i, &sym);
		type = GELF_ST_TYPE(sym.sym.st_info);
		if (sym.special || !sym.shndx || type == STT_SECTION || type == STT_FILE)
			continue;
		kind = section_kind(&f->sec[sym.shndx]);
		/* Labels within a function are not the beginning of anything. */
		if ((kind == SECTION_CODE && type != STT_FUNC) || str_starts(sym.name, ".L") ||
		    operand_is_mapping(c->p->arch, sym.name) ||
		    sym.sym.st_value > f->sec[sym.shndx].shdr.sh_size)
			continue;
		if (kind != SECTION_CODE && kind != SECTION_DATA && kind != SECTION_KERNELS)
			continue;
		lead = kind == SECTION_CODE ? lead_of(c, &sym) : 0;
		add_cut(&c->cuts[sym.shndx], sym.sym.st_value - lead, i);
		c->cuts[sym.shndx].c[c->cuts[sym.shndx].n - 1].lead = lead;
		/* What lies between a variable and the next one is a piece of its own. */
		if (kind != SECTION_CODE && sym.sym.st_size)
			add_cut(&c->cuts[sym.shndx], sym.sym.st_value + sym.sym.st_size, 0);
	}
}

static int cut_strings(struct cutter *c, size_t section)
{
	const struct elf_section *s = &c->p->elf->sec[section];
	size_t unit = s->shdr.sh_entsize ? s->shdr.sh_entsize : 1, size;
	bool text = s->shdr.sh_flags & SHF_STRINGS;
	const unsigned char *data;

	if (elf_file_bytes(c->p->elf, section, &data, &size))
		return -1;
	for (size_t i = 0; size - i >= unit && i < size; i += unit) {
		bool end = true;

		for (size_t b = 0; b < unit; b++)
			end &= !data[i + b];
		/* Strings are aligned with zeros: each of these counts as an empty string. */
		if (!text || end)
			add_cut(&c->cuts[section], i + unit, 0);
	}
	return 0;
}

static int cut_table(struct cutter *c, size_t section)
{
	const struct elf_section *s = &c->p->elf->sec[section];
	size_t size = section_entry_size(s, c->tables);

	if (!size && section_has_structure(s, c->tables)) {
		error("'%s': the kernel's debug information does not say how an entry of '%s' is made",
		      c->p->elf->path, s->name);
		return -1;
	}
	for (uint64_t at = size; size && at < s->shdr.sh_size; at += size)
		add_cut(&c->cuts[section], at, 0);
	for (size_t i = 0; !size && i < c->p->refs; i++) {
		if (c->p->ref[i].section == section)
			add_cut(&c->cuts[section], c->p->ref[i].offset, 0);
	}
	return 0;
}

/* Code that tables lead to begins where something leads. */
static void cut_bodies(struct cutter *c)
{
	const struct elf_file *f = c->p->elf;

	for (size_t i = 0; i < c->p->refs; i++) {
		const struct piece_ref *r = &c->p->ref[i];
		struct elf_symbol sym;

		elf_file_symbol(f, r->symbol, &sym);
		if (!sym.special && section_kind(&f->sec[sym.shndx]) == SECTION_BODIES)
			add_cut(&c->cuts[sym.shndx],
				sym.sym.st_value + (uint64_t)r->addend + r->tail, 0);
	}
}

static enum piece_kind kind_of(enum section_kind kind)
{
	switch (kind) {
	case SECTION_CODE:
		return PIECE_CODE;
	case SECTION_MERGED:
		return PIECE_TEXT;
	case SECTION_TABLE:
		return PIECE_ENTRY;
	case SECTION_BODIES:
		return PIECE_BODY;
	default:
		return PIECE_DATA;
	}
}

/*
 * Where a function ends; padding behind it is nobody's. What replaces code of the function may
 * stand there: where a section has several functions, whose it is cannot be told.
 */
static uint64_t end_of(const struct pieces *p, const struct cut *cut, uint64_t size, uint64_t end)
{
	if (!cut->offset && end == p->elf->sec[p->piece[p->n - 1].section].shdr.sh_size &&
	    operand_replacement_behind(p->arch))
		return end;
	return size && size < end - cut->offset - cut->lead ? cut->offset + cut->lead + size : end;
}

static void add_piece(struct pieces *p, size_t section, const struct cut *cut, uint64_t end)
{
	enum section_kind kind = section_kind(&p->elf->sec[section]);
	struct elf_symbol sym;
	struct piece *piece;

	GROW(p->piece, p->n, p->cap);
	piece = &p->piece[p->n++];
	*piece = (struct piece){
		.kind = kind_of(kind),
		.section = section,
		.start = cut->offset,
		.end = end,
		.symbol = cut->symbol,
		.lead = cut->lead,
		.about = NO_PIECE,
	};
	if (!cut->symbol)
		return;
	elf_file_symbol(p->elf, cut->symbol, &sym);
	piece->name = sym.name;
	piece->global = GELF_ST_BIND(sym.sym.st_info) != STB_LOCAL;
	if (piece->kind == PIECE_CODE)
		piece->end = end_of(p, cut, sym.sym.st_size, end);
}

static void make_pieces(struct cutter *c, size_t section)
{
	uint64_t size = c->p->elf->sec[section].shdr.sh_size;
	struct cuts *cuts = &c->cuts[section];

	add_cut(cuts, 0, 0);
	qsort(cuts->c, cuts->n, sizeof(*cuts->c), by_offset);
	for (size_t i = 0, next; i < cuts->n; i = next) {
		uint64_t end;

		for (next = i + 1; next < cuts->n && cuts->c[next].offset == cuts->c[i].offset;)
			next++;
		end = next < cuts->n && cuts->c[next].offset < size ? cuts->c[next].offset : size;
		/* An empty section has its piece, too: variables may have no size. */
		if (cuts->c[i].offset < size || !cuts->c[i].offset)
			add_piece(c->p, section, &cuts->c[i], end);
	}
}

static int cut_sections(struct cutter *c)
{
	const struct elf_file *f = c->p->elf;

	find_traced(c);
	cut_at_symbols(c);
	cut_bodies(c);
	for (size_t i = 1; i < f->shnum; i++) {
		enum section_kind kind = section_kind(&f->sec[i]);

		if (kind == SECTION_MERGED && cut_strings(c, i))
			return -1;
		if (kind == SECTION_TABLE && cut_table(c, i))
			return -1;
	}
	for (size_t i = 0; i <= f->shnum; i++) {
		c->p->first[i] = c->p->n;
		if (i && i < f->shnum && section_kind(&f->sec[i]) != SECTION_NONE)
			make_pieces(c, i);
	}
	return 0;
}

/* Without types and variables nobody knows which static variable is which, nor whether a prototype
 * changes. */
static int refuse_reduced(const struct pieces *p)
{
	char *why = NULL;
	Dwarf_Die unit;
	Dwarf_Off off;
	int found, status = 0;

	while ((found = dwarf_file_next_unit(p->dwarf, &unit)) > 0) {
		if (!why && !status && die_offset(unit, &off))
			status = reduced_names(p->dwarf, off, &why);
		dwarf_dealloc_die(unit);
	}
	if (why)
		error("its debug information %s", why);
	status = found < 0 || status || why ? -1 : 0;
	free(why);
	return status;
}

int pieces_read(struct pieces *p, const char *path, const struct arch *arch,
		const struct code_tables *tables)
{
	struct cutter c = {.p = p, .tables = tables};
	int status;

	memset(p, 0, sizeof(*p));
	p->arch = arch;
	if (elf_file_open(path, &p->elf))
		return -1;
	if (p->elf->ehdr.e_type != ET_REL || arch_of(&p->elf->ehdr) != arch) {
		error("'%s' is not an object file for this kernel", path);
		return -1;
	}
	if (dwarf_file_open(p->elf, &p->dwarf) || refuse_reduced(p) || refs_read(p))
		return -1;
	c.cuts = xcalloc(p->elf->shnum, sizeof(*c.cuts));
	p->first = xcalloc(p->elf->shnum + 1, sizeof(*p->first));
	status = cut_sections(&c);
	for (size_t i = 0; i < p->elf->shnum; i++)
		free(c.cuts[i].c);
	free(c.cuts);
	free(c.traced);
	return status ? -1 : refs_resolve(p);
}
