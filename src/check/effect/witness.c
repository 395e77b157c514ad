// SPDX-License-Identifier: GPL-2.0-only
/* What addresses the kernel's own code has: see check/effect/witness.h. */
#include "check/effect/witness.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/rules.h"
#include "klp/macro_name.h"
#include "klp/table.h"
#include "same/same.h"
#include "symbols/functions.h"
#include "symbols/traced.h"

/* A symbol that stays the kernel's. */
struct meant {
	const char *link_name, *name; /* in the patch, and in the file as it is */
	uint64_t start, size;	      /* in the file that was compiled; size 0: it is another's */
	bool found, several;	      /* there: several of that name cannot be told apart */
	bool seen;
	uint64_t addr;	/* in the kernel's code ... */
	char *function; /* ... of this function */
	bool now;	/* the function that is compared now has it, at: */
	uint64_t now_addr;
};

/* One kernel file. */
struct file {
	struct check *c;
	const struct symtable *table;
	const char *list;	   /* where the patch's names of symbols are said */
	const char *path, *object; /* of the kernel's source, and whose it is */
	const struct object *o;
	struct meant *asked;
	size_t n, cap;
	struct code compiled, kernel;
};

/* What the compiler made of the unchanged file. */
static void find_compiled(struct file *f)
{
	for (size_t i = 1; i < f->compiled.elf->symnum; i++) {
		struct elf_symbol sym;
		unsigned char type;

		elf_file_symbol(f->compiled.elf, i, &sym);
		type = GELF_ST_TYPE(sym.sym.st_info);
		if (type == STT_SECTION || type == STT_FILE || !sym.name[0])
			continue;
		for (size_t k = 0; k < f->n; k++) {
			struct meant *a = &f->asked[k];

			if (strcmp(a->name, sym.name) != 0 ||
			    (sym.special && sym.shndx != SHN_UNDEF))
				continue;
			a->several = a->found;
			a->found = true;
			if (sym.special)
				continue;
			a->start = elf_place(sym.shndx, sym.sym.st_value);
			a->size = sym.sym.st_size ? sym.sym.st_size : 1;
		}
	}
}

/* The symbol that a reference of the compiled file leads to, and how far into it; or NULL. */
static struct meant *asked_at(struct file *f, const struct code_ref *ref, int64_t *into)
{
	struct elf_symbol sym;

	if (ref->kind == REF_SYMBOL)
		elf_file_symbol(f->compiled.elf, ref->symbol, &sym);
	for (size_t i = 0; i < f->n && ref->kind != REF_UNKNOWN; i++) {
		struct meant *a = &f->asked[i];

		if (!a->found || a->several || (ref->kind == REF_PLACE) != (a->size != 0))
			continue;
		*into = ref->kind == REF_PLACE ? (int64_t)(ref->place - a->start) : ref->addend;
		if (ref->kind == REF_PLACE ? ref->place - a->start < a->size
					   : !strcmp(a->name, sym.name))
			return a;
	}
	return NULL;
}

static void see(const struct code_ref *a, const struct code_ref *b, void *arg)
{
	int64_t into;
	struct meant *asked = asked_at(arg, a, &into);

	if (!asked || b->kind != REF_PLACE)
		return;
	asked->now = true;
	asked->now_addr = b->place - (uint64_t)into;
}

/* Where a relocation of the compiled file leads. */
static struct code_ref reference(const struct file *f, const struct reloc *r)
{
	struct code_ref ref = {.kind = REF_PLACE, .symbol = r->symbol};
	struct elf_symbol sym;
	size_t section;
	uint64_t offset;

	elf_file_symbol(f->compiled.elf, r->symbol, &sym);
	if (sym.special)
		ref.kind = REF_SYMBOL;
	else if (relocs_reference(f->compiled.elf, f->compiled.arch, r, &section, &offset))
		ref.place = elf_place(section, offset);
	else
		ref.kind = REF_UNKNOWN;
	return ref;
}

/* Does the function refer to a symbol that has not been seen? */
static bool has_unseen(struct file *f, const struct ksym *function)
{
	const struct relocs *all = &f->compiled.relocs;
	size_t section = function->addr >> 32;
	const struct reloc *r = relocs_from(all, section, (uint32_t)function->addr);

	for (; r && r < all->r + all->n && r->section == section &&
	       r->offset - (uint32_t)function->addr < function->size;
	     r++) {
		struct code_ref ref = reference(f, r);
		int64_t into;
		const struct meant *a = r->type ? asked_at(f, &ref, &into) : NULL;

		if (a && !a->seen)
			return true;
	}
	return false;
}

static bool is_function(const struct ksym *sym)
{
	return sym->elf_type == STT_FUNC && !function_is_cold(sym->name);
}

/* The kernel's function of that name and file, which strip takes away; NULL where there are more.
 */
static const struct ksym *in_kernel(const struct file *f, const struct strmap *names,
				    const struct ksym *function)
{
	const struct ksym *found = NULL;
	const size_t *first = strmap_get(names, function->name);

	for (size_t i = first ? *first : f->kernel.symbols; i < f->kernel.symbols; i++) {
		const struct ksym *sym = &f->kernel.sym[i];

		if (sym->elf_type != STT_FUNC || sym->global != function->global ||
		    strcmp(sym->name, function->name) != 0 ||
		    (sym->file && function->file && strcmp(sym->file, function->file) != 0))
			continue;
		if (found)
			return NULL;
		found = sym;
	}
	return found;
}

/* Keeps what the kernel's function has, which is equal. Two that disagree are no witness. */
static void keep(struct file *f, const struct ksym *function)
{
	for (size_t i = 0; i < f->n; i++) {
		struct meant *a = &f->asked[i];

		if (a->now && !a->seen) {
			a->seen = true;
			a->addr = a->now_addr;
			a->function = xstrdup(function->name);
		} else if (a->now && a->addr != a->now_addr) {
			error("'%s': '%s' of '%s' is at 0x%llx for '%s', and at 0x%llx for '%s' in the "
			      "kernel's code",
			      f->c->path, a->name, f->path, (unsigned long long)a->addr,
			      a->function, (unsigned long long)a->now_addr, function->name);
		}
	}
}

/* Asks the functions that refer to a symbol, until one that is equal has been found for each. */
static void ask_functions(struct file *f, struct same *s)
{
	struct strmap names = {0};

	code_symbol(&f->compiled, 0);
	code_symbol(&f->kernel, 0);
	for (size_t i = 0; i < f->compiled.symbols; i++) {
		if (is_function(&f->compiled.sym[i]))
			strmap_add(&names, f->compiled.sym[i].name, f->kernel.symbols);
	}
	for (size_t i = f->kernel.symbols; i-- > 0;) {
		size_t *first = strmap_get(&names, f->kernel.sym[i].name);

		if (first)
			*first = i;
	}
	for (size_t i = 0; i < f->compiled.symbols; i++) {
		const struct ksym *function = &f->compiled.sym[i], *other;

		other = is_function(function) && has_unseen(f, function)
				? in_kernel(f, &names, function)
				: NULL;
		for (size_t k = 0; k < f->n; k++)
			f->asked[k].now = false;
		if (other &&
		    same_function(s, function->addr, function->size, other->addr, other->size))
			keep(f, function);
	}
	strmap_free(&names);
}

/* The address of a symbol for this module: of what its table says, or of the exported one. */
static bool address(struct file *f, const struct table_symbol *t, const struct meant *a,
		    uint64_t *ret)
{
	struct check *c = f->c;
	const struct ksym *sym;

	if (!t) {
		sym = code_named(&f->kernel, a->link_name);
		if (sym)
			*ret = sym->addr;
		return sym;
	}
	for (size_t i = 0; i < c->symbol_num; i++) {
		const struct check_symbol *s = &c->symbol[i];

		if (strcmp(s->object, t->object) != 0 || strcmp(s->name, t->name) != 0 ||
		    s->position != t->position)
			continue;
		sym = check_position(c, t->link_name, f->o, s->name, s->position);
		if (sym)
			*ret = sym->addr;
		return sym;
	}
	return false;
}

/*
 * The line of the table about a name: number i of those that there are, or NULL. object: only of
 * those of that object; NULL: of any.
 */
static const struct table_symbol *table_line(const struct file *f, const char *link_name,
					     const char *object, size_t i)
{
	const char *slash = strrchr(f->c->path, '/');
	const char *module = slash ? slash + 1 : f->c->path;

	for (size_t k = 0; k < f->table->symbols; k++) {
		const struct table_symbol *t = &f->table->symbol[k];
		const char *mark = strstr(t->link_name, ASM_NAME_RENAMED);
		size_t len = mark ? (size_t)(mark - t->link_name) : strlen(t->link_name);

		if (strcmp(t->module, module) != 0 || strlen(link_name) != len ||
		    strncmp(t->link_name, link_name, len) != 0 ||
		    (object && strcmp(t->object, object) != 0))
			continue;
		if (!i--)
			return t;
	}
	return NULL;
}

static void compare(struct file *f, const struct meant *a)
{
	const struct table_symbol *t = table_line(f, a->link_name, f->object, 0);
	uint64_t addr = 0;
	bool known = address(f, t, a, &addr);

	/* Where a name means two symbols, the module has both, by two names. */
	for (size_t i = 1; t && !(known && addr == a->addr); i++) {
		t = table_line(f, a->link_name, f->object, i);
		known = t ? address(f, t, a, &addr) : known;
	}
	if (known && addr == a->addr)
		return;
	if (!known)
		error("'%s': it does not have the symbol that '%s' of '%s' is in its table",
		      f->c->path, a->link_name, f->path);
	else
		error("'%s': '%s' of '%s' is at 0x%llx for this module, and at 0x%llx for the kernel's "
		      "own code, in '%s'\n"
		      "  it would use another symbol than the one that is meant: do not load it, and "
		      "report this",
		      f->c->path, a->link_name, f->path, (unsigned long long)addr,
		      (unsigned long long)a->addr, a->function);
}

/* Is the symbol one that could have been seen: does the object know it by its place? */
static bool is_meant(const struct file *f, const struct meant *a)
{
	return table_line(f, a->link_name, NULL, 0)
		       ? table_line(f, a->link_name, f->object, 0) != NULL
		       : a->size && f->kernel.linked;
}

static void compare_all(struct file *f, const struct code_tables *tables, struct witness *w)
{
	struct same s;

	find_compiled(f);
	same_begin(&s, &f->compiled, &f->kernel, true, tables);
	s.seen = see;
	s.seen_arg = f;
	ask_functions(f, &s);
	same_end(&s);
	for (size_t i = 0; i < f->n; i++) {
		const struct meant *a = &f->asked[i];

		if (!is_meant(f, a))
			continue;
		w->symbols++;
		w->seen += a->seen;
		if (a->seen)
			compare(f, a);
		else if (!w->json)
			printf("unseen   %s %s\n", a->name, f->path);
	}
}

static void compare_file(struct file *f, const struct code_tables *tables, struct witness *w)
{
	struct check *c = f->c;
	const char *end = strrchr(f->path, '.');
	CLEANUP_FREE char *path = xasprintf(
		"%s/%.*s.o", w->dir, (int)(end ? end - f->path : (long)strlen(f->path)), f->path);
	struct sites traced = {0};
	struct elf_file *elf;

	f->o = check_object(c, f->object);
	if (!f->o) {
		error("'%s': the object '%s' is not known", f->list, f->object);
		return;
	}
	if (elf_file_open(path, &elf))
		return;
	if (elf->ehdr.e_type != ET_REL || elf->ehdr.e_machine != c->target->vmlinux->ehdr.e_machine)
		error("'%s' is not an object file for this kernel", path);
	else if (!traced_read_module(&traced, elf, c->target->arch, c->target->traced_padding) &&
		 !code_open(&f->compiled, elf, c->target->arch, &traced) &&
		 !code_open(&f->kernel, f->o->elf, c->target->arch,
			    object_traced(&c->objects, f->o)))
		compare_all(f, tables, w);
	code_close(&f->compiled);
	code_close(&f->kernel);
	sites_free(&traced);
	elf_file_close(elf);
}

/* "path PATH", "object NAME", "kernel LINK_NAME NAME"; other facts are for others. */
static void read_line(struct file *f, char *line)
{
	char *save = NULL, *word = strtok_r(line, " ", &save);
	const char *a = word ? strtok_r(NULL, " ", &save) : NULL;
	const char *b = a ? strtok_r(NULL, " ", &save) : NULL;

	if (a && !strcmp(word, "path"))
		f->path = a;
	else if (a && !strcmp(word, "object"))
		f->object = a;
	if (!b || strcmp(word, "kernel") != 0)
		return;
	GROW(f->asked, f->n, f->cap);
	f->asked[f->n++] = (struct meant){.link_name = a, .name = b};
}

static void compare_list(struct check *c, const struct symtable *table, const char *list,
			 const struct code_tables *tables, struct witness *w)
{
	struct file f = {.c = c, .table = table, .list = list};
	CLEANUP_FREE char *text = NULL;
	size_t size;

	if (read_file(list, &text, &size))
		return;
	for (char *line = text, *next; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		read_line(&f, line);
	}
	if (!f.path || !f.object)
		error("'%s' is not a list that klpdiff writes", list);
	else if (f.n)
		compare_file(&f, tables, w);
	for (size_t i = 0; i < f.n; i++)
		free(f.asked[i].function);
	free(f.asked);
}

void witness_compare(struct check *c, const struct code_tables *tables, struct witness *w)
{
	struct symtable table;

	if (symtable_read(&table, w->table))
		return;
	for (size_t i = 0; i < w->lists; i++)
		compare_list(c, &table, w->list[i], tables, w);
	symtable_free(&table);
}
