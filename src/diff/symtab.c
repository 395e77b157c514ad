// SPDX-License-Identifier: GPL-2.0-only
/* The symbol table of the cut object: see diff/symtab.h. */
#include "diff/symtab.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "diff/sections.h"
#include "operand/operand.h"

/*
 * objtool looks for the key of a static call by the trampoline's name, and takes the trampoline
 * itself for the key where the file does not know the key: tools/objtool/check.c,
 * create_static_call_sections().
 */
#define TRAMPOLINE "__SCT__"
#define KEY "__SCK__"

static Elf64_Sym *add(struct symtab *t, const char *name)
{
	Elf64_Sym *sym;

	GROW(t->sym, t->n, t->cap);
	sym = &t->sym[t->n++];
	memset(sym, 0, sizeof(*sym));
	sym->st_name = name[0] ? strings_add(&t->names, name) : 0;
	return sym;
}

static void add_sections(struct symtab *t, const struct layout *l)
{
	t->section = xcalloc(l->p->elf->shnum, sizeof(*t->section));
	for (size_t i = 1; i < l->p->elf->shnum; i++) {
		Elf64_Sym *sym;

		if (!l->map[i])
			continue;
		t->section[i] = t->n;
		sym = add(t, "");
		sym->st_info = ELF64_ST_INFO(STB_LOCAL, STT_SECTION);
		sym->st_shndx = (Elf64_Section)l->map[i];
	}
}

static void add_file(struct symtab *t, const struct elf_file *f)
{
	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;
		Elf64_Sym *sym;

		elf_file_symbol(f, i, &s);
		if (GELF_ST_TYPE(s.sym.st_info) != STT_FILE)
			continue;
		sym = add(t, s.name);
		sym->st_info = ELF64_ST_INFO(STB_LOCAL, STT_FILE);
		sym->st_shndx = SHN_ABS;
		return;
	}
}

/*
 * A function that replaces one gets a name that only the patch has, and its cold part with it:
 * objtool finds the one by the name of the other.
 */
static char *new_name(const struct diff *d, const char *name, size_t piece)
{
	size_t whole = pieces_whole(&d->is, piece);

	if (operand_is_mapping(d->is.arch, name) || str_starts(name, ".L"))
		return xstrdup(name);
	if (d->fate[whole != NO_PIECE ? whole : piece] == FATE_REPLACE)
		return xasprintf(REPLACES "%s", name);
	return xstrdup(name);
}

static void add_symbol(struct symtab *t, const struct diff *d, const struct layout *l, size_t index,
		       const struct elf_symbol *s, bool global)
{
	size_t piece = pieces_at(l->p, s->shndx, s->sym.st_value);
	bool replaces, is_global = GELF_ST_BIND(s->sym.st_info) != STB_LOCAL;
	uint64_t value;
	Elf64_Sym *sym;
	char *name;

	/* At the end of a piece another one begins, whose symbol it is; what lies behind is
	 * nobody's. */
	if (piece == NO_PIECE || !l->s->in[piece] || s->sym.st_value > l->p->piece[piece].end ||
	    !layout_place(l, s->shndx, s->sym.st_value, &value))
		return;
	replaces = d->fate[piece] == FATE_REPLACE && l->p->piece[piece].symbol == index;
	/* Another name of what is replaced stays within the file, as the kernel has that name. */
	if (d->fate[piece] == FATE_REPLACE)
		is_global = replaces;
	if (is_global != global)
		return;
	name = replaces || d->fate[piece] != FATE_REPLACE ? new_name(d, s->name, piece)
							  : xstrdup(s->name);
	t->map[index] = t->n;
	sym = add(t, name);
	sym->st_info =
		ELF64_ST_INFO(is_global ? STB_GLOBAL : STB_LOCAL, GELF_ST_TYPE(s->sym.st_info));
	sym->st_shndx = (Elf64_Section)l->map[s->shndx];
	sym->st_value = value;
	sym->st_size = s->sym.st_size;
	free(name);
}

static void add_defined(struct symtab *t, const struct diff *d, const struct layout *l, bool global)
{
	const struct elf_file *f = l->p->elf;

	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;
		unsigned char type;

		elf_file_symbol(f, i, &s);
		type = GELF_ST_TYPE(s.sym.st_info);
		if (!s.special && s.shndx && type != STT_SECTION && type != STT_FILE &&
		    !layout_is_whole(&f->sec[s.shndx]))
			add_symbol(t, d, l, i, &s, global);
	}
}

static void add_undefined(struct symtab *t, const char *name)
{
	if (strmap_get(&t->undefined, name))
		return;
	strmap_add(&t->undefined, name, t->n);
	add(t, name)->st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE);
	if (str_starts(name, TRAMPOLINE)) {
		char *key = xasprintf(KEY "%s", name + strlen(TRAMPOLINE));

		add_undefined(t, key);
		free(key);
	}
}

/* The name that a reference leaves undefined; NULL when it leads to a piece of the file. */
static const char *outside_name(const struct layout *l, const struct piece_ref *r,
				struct elf_symbol *sym)
{
	const char *name = NULL;

	if (r->piece == NO_PIECE) {
		elf_file_symbol(l->p->elf, r->symbol, sym);
		if (sym->shndx == SHN_UNDEF)
			name = sym->name;
	} else if (!l->s->in[r->piece]) {
		name = l->s->outside[r->piece];
	}
	return name ? selection_name(l->s, name) : NULL;
}

/* Variables whose values the kernel would write into the code: cut.c has it load them. */
static void add_runtime(struct symtab *t, const struct layout *l, size_t piece)
{
	const struct pieces *p = l->p;
	const size_t *entry;
	size_t n = pieces_entries(p, piece, &entry);

	for (size_t i = 0; i < n; i++) {
		const char *name =
			section_runtime_variable(&p->elf->sec[p->piece[entry[i]].section]);

		if (name)
			add_undefined(t, name);
	}
}

static void add_all_undefined(struct symtab *t, const struct layout *l)
{
	const struct pieces *p = l->p;

	for (size_t i = 0; i < p->n; i++) {
		const struct piece *x = &p->piece[i];

		for (size_t r = x->ref; l->s->in[i] && r < x->ref + x->refs; r++) {
			struct elf_symbol sym;
			const char *name = outside_name(l, &p->ref[r], &sym);

			if (name && name[0])
				add_undefined(t, name);
		}
		if (l->s->in[i])
			add_runtime(t, l, i);
	}
}

void symtab_make(struct symtab *t, const struct diff *d, const struct layout *l)
{
	memset(t, 0, sizeof(*t));
	strings_init(&t->names, "", 1);
	t->map = xcalloc(l->p->elf->symnum, sizeof(*t->map));
	add(t, "");
	add_file(t, l->p->elf);
	add_sections(t, l);
	add_defined(t, d, l, false);
	t->locals = t->n;
	add_defined(t, d, l, true);
	add_all_undefined(t, l);
}

size_t symtab_outside(const struct symtab *t, const struct layout *l, const struct piece_ref *r)
{
	struct elf_symbol sym;
	const char *name = outside_name(l, r, &sym);
	const size_t *index = name ? strmap_get(&t->undefined, name) : NULL;

	return index ? *index : 0;
}

void symtab_free(struct symtab *t)
{
	free(t->sym);
	free(t->map);
	free(t->section);
	strings_free(&t->names);
	strmap_free(&t->undefined);
}
