// SPDX-License-Identifier: GPL-2.0-only
/* Comparing the cut object with the patched file, piece by piece: see diff/relink.h. */
#include "diff/relink.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/search.h"
#include "base/util.h"
#include "diff/sections.h"
#include "diff/symtab.h"
#include "elf/relocs.h"

static int by_place(const void *a, const void *b)
{
	const struct relink_name *x = a, *y = b;

	return ORDER(x->place, y->place);
}

static void read_names(struct relink *r)
{
	const struct elf_file *f = r->p->elf;

	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol sym;
		unsigned char type;

		elf_file_symbol(f, i, &sym);
		type = GELF_ST_TYPE(sym.sym.st_info);
		if (sym.special || !sym.name[0] || type == STT_SECTION || type == STT_FILE)
			continue;
		GROW(r->name, r->names, r->names_cap);
		r->name[r->names++] =
			(struct relink_name){.place = elf_place(sym.shndx, sym.sym.st_value),
					     .size = sym.sym.st_size,
					     .type = type,
					     .name = sym.name};
	}
	if (r->names)
		qsort(r->name, r->names, sizeof(*r->name), by_place);
}

/* Where cut.c has code load what the kernel would have written there. */
static int read_runtime(struct relink *r)
{
	const struct elf_file *f = r->p->elf;

	for (size_t i = 1; i < f->shnum; i++) {
		const char *variable = section_runtime_variable(&f->sec[i]);
		struct relocs relocs;

		if (!variable)
			continue;
		if (relocs_read_section(f, i, &relocs))
			return -1;
		for (size_t k = 0; k < relocs.n; k++) {
			struct elf_symbol sym;

			elf_file_symbol(f, relocs.r[k].symbol, &sym);
			if (sym.special)
				continue;
			GROW(r->runtime, r->runtimes, r->runtimes_cap);
			r->runtime[r->runtimes++] = (struct relink_runtime){
				.place = elf_place(sym.shndx,
						   sym.sym.st_value + (uint64_t)relocs.r[k].addend),
				.variable = variable};
		}
		relocs_free(&relocs);
	}
	return 0;
}

/* Does the cut object have the sections of the layout, and no others that are loaded? */
static int compare_sections(const struct relink *r)
{
	const GElf_Xword ignored = SHF_GROUP;
	size_t loaded = 0, there = 0;

	for (size_t i = 1; i < r->cut->shnum; i++)
		loaded += (r->cut->sec[i].shdr.sh_flags & SHF_ALLOC) != 0;
	for (size_t i = 1; i < r->p->elf->shnum; i++) {
		const struct elf_section *was = &r->p->elf->sec[i], *is;
		size_t to = r->layout.map[i];

		if (!to)
			continue;
		is = to < r->cut->shnum ? &r->cut->sec[to] : NULL;
		if (!is || strcmp(is->name, was->name) != 0 ||
		    is->shdr.sh_type != was->shdr.sh_type ||
		    (is->shdr.sh_flags | ignored) !=
			    ((was->shdr.sh_flags & ~(GElf_Xword)SHF_COMPRESSED) | ignored) ||
		    is->shdr.sh_size != r->layout.size[i])
			return relink_wrong(r, i, 0, xstrdup("another section is there"));
		there += (was->shdr.sh_flags & SHF_ALLOC) != 0;
	}
	if (loaded == there)
		return 0;
	error("'%s': it has sections that the patched file does not have", r->path);
	return -1;
}

/* Is that the name in the cut object of what has the other name in the patched file? */
static bool is_renamed(const char *cut, const char *patched)
{
	return !strcmp(cut, patched) ||
	       (str_starts(cut, REPLACES) && !strcmp(cut + strlen(REPLACES), patched));
}

/* Has the patched file, at that place, what a symbol of the cut object says? */
static bool has_symbol(const struct relink *r, uint64_t place, const struct elf_symbol *sym)
{
	for (size_t i = relink_names_from(r, place); i < r->names && r->name[i].place == place;
	     i++) {
		const struct relink_name *n = &r->name[i];

		if (is_renamed(sym->name, n->name) && n->size == sym->sym.st_size &&
		    n->type == GELF_ST_TYPE(sym->sym.st_info))
			return true;
	}
	return false;
}

/* The symbols show that pieces are where the layout has them, also where they have no bytes. */
static int check_symbol(const struct relink *r, size_t section, const struct elf_symbol *sym)
{
	uint64_t value = sym->sym.st_value;

	for (size_t i = r->p->first[section]; i < r->p->first[section + 1]; i++) {
		const struct piece *x = &r->p->piece[i];
		uint64_t at = r->layout.at[i];

		if (r->s->in[i] && value >= at && value - at <= x->end - x->start &&
		    has_symbol(r, elf_place(section, x->start + (value - at)), sym))
			return 0;
	}
	return relink_wrong(
		r, section, 0,
		xasprintf("the patched file has no '%s' where the cut object has it", sym->name));
}

static int check_symbols(const struct relink *r)
{
	size_t *back CLEANUP_FREE = xcalloc(r->cut->shnum, sizeof(*back));

	for (size_t i = 1; i < r->p->elf->shnum; i++) {
		if (r->layout.map[i])
			back[r->layout.map[i]] = i;
	}
	for (size_t i = 1; i < r->cut->symnum; i++) {
		struct elf_symbol sym;

		elf_file_symbol(r->cut, i, &sym);
		if (sym.special || GELF_ST_TYPE(sym.sym.st_info) == STT_SECTION)
			continue;
		if (!back[sym.shndx]) {
			error("'%s': its symbol '%s' is in a section that is not of the patched file",
			      r->path, sym.name);
			return -1;
		}
		if (check_symbol(r, back[sym.shndx], &sym))
			return -1;
	}
	return 0;
}

/* The references of one section, in both files; of the cut object, those that have a partner. */
struct section_refs {
	size_t section;
	struct relocs a, b;
	size_t seen;
};

/* The bytes that the piece has to have. Its constants are loads: where these have their operands */
static bool make_expected(const struct relink *r, size_t piece, unsigned char *bytes,
			  const char **operand)
{
	const struct piece *x = &r->p->piece[piece];
	uint64_t size = x->end - x->start;

	for (size_t i = 0; i < r->runtimes; i++) {
		uint64_t at = r->runtime[i].place - elf_place(x->section, x->start);
		size_t where;

		if (at >= size)
			continue;
		where = size - at >= 8 && r->p->arch->code.load_constant
				? r->p->arch->code.load_constant(bytes, at)
				: 0;
		if (!where || where >= size)
			return false;
		operand[where] = r->runtime[i].variable;
	}
	return true;
}

/* A relocation that the patched file does not have: of a load, or of a branch. */
static int check_added(const struct relink *r, const struct reloc *b, size_t section,
		       uint64_t offset, const char *variable)
{
	const struct arch_reloc *type = arch_reloc_by_type(r->p->arch, b->type);
	struct relink_target t = {.undefined = variable, .addend = -4};

	if (variable && b->type == r->p->arch->pc32)
		return relink_compare(r, &t, b, section, offset);
	if (variable || !type || !type->branch || type->size != 4 ||
	    !relink_branch(r, section, offset, &t))
		return relink_wrong(r, section, offset,
				    xstrdup("a reference that the patched file does not have"));
	return relink_compare(r, &t, b, section, offset);
}

static int check_kept(const struct relink *r, const struct reloc *a, const struct reloc *b)
{
	struct relink_target t;

	if (a->type != b->type)
		return relink_wrong(r, a->section, a->offset,
				    xasprintf("the reference is of type %u, in the patched file of "
					      "type %u",
					      b->type, a->type));
	if (!relink_target(r, a, &t))
		return relink_wrong(r, a->section, a->offset,
				    xasprintf("a reference of the unknown type %u", a->type));
	return relink_compare(r, &t, b, a->section, a->offset);
}

/* The next relocation of a list that stands before end and does something, or NULL. */
static const struct reloc *next(const struct relocs *list, const struct reloc *r, uint64_t end)
{
	while (r && r < list->r + list->n && !r->type)
		r++;
	return r && r < list->r + list->n && r->offset < end ? r : NULL;
}

static int check_references(const struct relink *r, struct section_refs *refs, size_t piece,
			    const char **operand)
{
	const struct piece *x = &r->p->piece[piece];
	uint64_t at = r->layout.at[piece], size = x->end - x->start;
	const struct reloc *a = relocs_from(&refs->a, x->section, x->start);
	const struct reloc *b = relocs_from(&refs->b, r->layout.map[x->section], at);

	for (;;) {
		uint64_t a_offset, b_offset;

		a = next(&refs->a, a, x->end);
		b = next(&refs->b, b, at + size);
		if (!a && !b)
			return 0;
		a_offset = a ? a->offset - x->start : size;
		b_offset = b ? b->offset - at : size;
		if (a_offset < b_offset)
			return relink_wrong(r, x->section, a->offset,
					    xstrdup("its reference is missing"));
		if (b_offset < a_offset) {
			if (check_added(r, b, x->section, x->start + b_offset, operand[b_offset]))
				return -1;
		} else {
			if (check_kept(r, a, b))
				return -1;
			a++;
		}
		b++;
		refs->seen++;
	}
}

static int check_bytes(const struct relink *r, size_t piece, const unsigned char *expected)
{
	const struct piece *x = &r->p->piece[piece];
	size_t section = r->layout.map[x->section], size;
	uint64_t length = x->end - x->start, at = r->layout.at[piece];
	const unsigned char *cut;

	if (elf_file_bytes(r->cut, section, &cut, &size))
		return -1;
	for (uint64_t i = 0; i < length; i++) {
		if (at > size || i >= size - at || cut[at + i] != expected[i])
			return relink_wrong(r, x->section, x->start + i,
					    xstrdup("other bytes are there"));
	}
	return 0;
}

static int check_piece(const struct relink *r, struct section_refs *refs, size_t piece)
{
	const struct piece *x = &r->p->piece[piece];
	uint64_t length = x->end - x->start;
	const char **operand CLEANUP_FREE = NULL;
	unsigned char *expected CLEANUP_FREE = NULL;
	const unsigned char *bytes;
	size_t size;

	if (elf_file_bytes(r->p->elf, x->section, &bytes, &size))
		return -1;
	/* Of what has no bytes there are only symbols: check_symbols(). */
	if (!bytes || !length)
		return 0;
	operand = xcalloc(length, sizeof(*operand));
	expected = xcalloc(length, 1);
	memcpy(expected, bytes + x->start, length);
	if (!make_expected(r, piece, expected, operand))
		return relink_wrong(r, x->section, x->start, xstrdup("a constant is lost"));
	return check_bytes(r, piece, expected) || check_references(r, refs, piece, operand) ? -1
											    : 0;
}

static int check_section(const struct relink *r, size_t section)
{
	struct section_refs refs = {.section = section};
	int status = 0;

	if (relocs_read_section(r->p->elf, section, &refs.a) ||
	    relocs_read_section(r->cut, r->layout.map[section], &refs.b))
		status = -1;
	for (size_t i = r->p->first[section]; i < r->p->first[section + 1] && !status; i++) {
		if (r->s->in[i])
			status = check_piece(r, &refs, i);
	}
	if (!status && refs.seen != refs.b.n)
		status = relink_wrong(r, section, 0,
				      xstrdup("references that are in no piece of it"));
	relocs_free(&refs.a);
	relocs_free(&refs.b);
	return status;
}

static int check_all(struct relink *r)
{
	if (read_runtime(r) || compare_sections(r))
		return -1;
	read_names(r);
	if (check_symbols(r))
		return -1;
	for (size_t i = 1; i < r->p->elf->shnum; i++) {
		if (r->layout.map[i] && !layout_is_whole(&r->p->elf->sec[i]) && check_section(r, i))
			return -1;
	}
	return 0;
}

int relink_check(const struct diff *d, const struct selection *s, const char *path,
		 const char *shown_path)
{
	struct relink r = {.d = d, .p = &d->is, .s = s, .path = shown_path};
	int status;

	if (elf_file_open(path, &r.cut))
		return -1;
	layout_make(&r.layout, r.p, s);
	status = check_all(&r);
	layout_free(&r.layout);
	free(r.name);
	free(r.runtime);
	elf_file_close(r.cut);
	return status;
}
