// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's symbol positions: see symbols/kallsyms.h. */
#include "symbols/kallsyms.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "elf/modinfo.h"
#include "klp/format.h"
#include "symbols/kallsyms_table.h"

/*
 * The tables that kallsyms is read from. Older scripts/kallsyms.c drop them from the list; newer
 * ones do not (6.12 lists eight).
 */
static const char *const tables[] = {
	"kallsyms_addresses",	"kallsyms_offsets",	"kallsyms_relative_base",
	"kallsyms_num_syms",	"kallsyms_names",	"kallsyms_markers",
	"kallsyms_token_table", "kallsyms_token_index", "kallsyms_seqs_of_names",
};

static bool is_table(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!strcmp(name, tables[i]))
			return true;
	}
	return false;
}

/*
 * Names that do not reach the kernel's kallsyms. The two lists of scripts/mksysmap and
 * scripts/kallsyms.c have moved between the files over the years; but for the tables their union
 * holds for all, since no kernel has a function or variable to patch under such a name.
 */
bool kallsyms_ignored(const char *name)
{
	static const char *const prefixes[] = {
		"$",
		".L",
		"__crc_",
		"__kstrtab_",
		"__kstrtabns_",
		"__efistub_",
		"__pi_$",
		"__pi_.L",
		"__kvm_nvhe_$",
		"__kvm_nvhe_.L",
		"__kcfi_typeid_",
		"__kvm_nvhe___kcfi_typeid_",
		"__pi___kcfi_typeid_",
	};
	static const char *const suffixes[] = {"_from_arm", "_from_thumb", "_veneer"};
	static const char *const exact[] = {
		"L0",
		"_SDA_BASE_",
		"_SDA2_BASE_",
	};

	/* Almost every name ends here. */
	if (isalpha((unsigned char)name[0]) && name[0] != 'L' && name[0] != 'k' &&
	    !strchr(name, '_') && !strchr(name, '.'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (str_starts(name, prefixes[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (str_ends(name, suffixes[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(exact); i++) {
		if (!strcmp(name, exact[i]))
			return true;
	}
	/* lld's range extension thunks: __AArch64ADRPThunk_x, __ThumbV7PILongThunk_x... */
	if (str_starts(name, "__") && strstr(name, "Thunk_")) {
		const char *p = name + 2;

		while (isalnum((unsigned char)*p))
			p++;
		if (*p == '_' && p - name > 7 && !strncmp(p - 5, "Thunk", 5))
			return true;
	}
	return strstr(name, ".long_branch.") || strstr(name, ".plt_branch.") ||
	       strlen(name) > KLP_SYMBOL_NAME_MAX || is_table(name);
}

bool kallsyms_drops(const struct kallsyms *k, const char *name)
{
	return kallsyms_ignored(name) && !(k->lists_tables && is_table(name));
}

/* Where one of the tables is asked for, this kernel's own list decides. */
static bool lists_tables(const struct kallsyms *k, const struct elf_file *vmlinux)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (strmap_get(&k->wanted, tables[i]))
			return kallsyms_table_has(vmlinux, "kallsyms_names");
	}
	return false;
}

/* "NAME.llvm.HASH": where its mark is; NULL: it is none. */
static const char *promoted_mark(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? strstr(dot, KSYM_PROMOTED) : NULL;
}

bool ksym_has_name(const char *symbol, const char *name)
{
	size_t len = strlen(name);

	return len && !strncmp(symbol, name, len) &&
	       (!symbol[len] || str_starts(symbol + len, KSYM_PROMOTED));
}

/* Of a symbol that was promoted, the name that it had is to be asked for. */
static bool wants_promoted(const struct kallsyms *k, const char *name)
{
	const char *mark = promoted_mark(name);
	char *was = mark ? xstrndup(name, (size_t)(mark - name)) : NULL;
	bool wanted = was && kallsyms_wanted(k, was);

	free(was);
	return wanted;
}

bool kallsyms_wanted(const struct kallsyms *k, const char *name)
{
	const char *dot;
	char family[KLP_SYMBOL_NAME_MAX + 1];

	if (k->like)
		return kallsyms_wanted(k->like, name);
	if (strmap_get(&k->wanted, name))
		return true;
	/* Few have one. */
	if (!strchr(name, '.'))
		return false;
	if (wants_promoted(k, name))
		return true;
	dot = strrchr(name, '.');
	if (!dot[1] || dot[1 + strspn(dot + 1, "0123456789")] ||
	    (size_t)(dot - name) + 1 >= sizeof(family))
		return false;
	memcpy(family, name, (size_t)(dot - name) + 1);
	family[dot - name + 1] = '\0';
	return strmap_get(&k->wanted, family) != NULL;
}

void kallsyms_want(struct kallsyms *k, const char *name)
{
	const char *mark = promoted_mark(name);

	if (k->is_read && !kallsyms_wanted(k, name))
		program_error("kallsyms_want() of '%s' after symbols were read", name);
	strmap_add(&k->wanted, name, 0);
	if (mark) {
		char *was = xstrndup(name, (size_t)(mark - name));

		strmap_add(&k->wanted, was, 0);
		free(was);
	}
}

/* The letter that nm prints: upper case for global symbols. */
static char type_letter(const GElf_Shdr *shdr, const GElf_Sym *sym)
{
	bool global = GELF_ST_BIND(sym->st_info) != STB_LOCAL;
	char c;

	if (GELF_ST_BIND(sym->st_info) == STB_WEAK)
		return GELF_ST_TYPE(sym->st_info) == STT_OBJECT ? 'V' : 'W';
	if (shdr->sh_flags & SHF_EXECINSTR)
		c = 't';
	else if (!(shdr->sh_flags & SHF_WRITE))
		c = 'r';
	else
		c = shdr->sh_type == SHT_NOBITS ? 'b' : 'd';
	return global ? (char)toupper(c) : c;
}

bool kallsyms_init_section(const struct elf_file *f, const char *name)
{
	const char *vermagic;

	/* This is asked of every symbol. */
	if (name[0] != '.' || (name[1] != 'i' && name[1] != 'e'))
		return false;
	if (str_starts(name, ".init"))
		return true;
	if (!str_starts(name, ".exit") || f->ehdr.e_type != ET_REL)
		return str_starts(name, ".exit");
	vermagic = modinfo_first(f, "vermagic");
	return vermagic && !strstr(vermagic, " mod_unload ");
}

/*
 * With clang's link-time optimisation the kernel's global symbols have hidden visibility, which
 * makes them local when vmlinux is linked, but lld keeps the visibility.
 */
static bool is_global(const struct elf_symbol *s)
{
	return (GELF_ST_BIND(s->sym.st_info) != STB_LOCAL ||
		GELF_ST_VISIBILITY(s->sym.st_other) == STV_HIDDEN) &&
	       !promoted_mark(s->name);
}

static void describe(const struct elf_file *f, const struct elf_symbol *s, const char *file,
		     struct ksym *ret)
{
	const struct elf_section *sec = s->special ? NULL : &f->sec[s->shndx];
	bool placed = sec && f->ehdr.e_type == ET_REL;

	*ret = (struct ksym){
		.name = s->name,
		.addr = placed ? elf_place(s->shndx, s->sym.st_value) : s->sym.st_value,
		.size = s->sym.st_size,
		.type = sec ? type_letter(&sec->shdr, &s->sym) : 'a',
		.elf_type = GELF_ST_TYPE(s->sym.st_info),
		.global = is_global(s),
		.init = sec && kallsyms_init_section(f, sec->name),
		.order = s->index,
	};
	ret->file = ret->global ? NULL : file;
	/* kernel/module/kallsyms.c, is_core_symbol(); vmlinux's kallsyms forget nothing */
	ret->kept =
		f->ehdr.e_type != ET_REL || (sec && (sec->shdr.sh_flags & SHF_ALLOC) && !ret->init);
}

/* A pass over a symbol table. */
struct walk {
	const struct elf_file *f;
	struct elf_symbol s; /* where it is */
	const char *file;    /* that it is in */
	bool hidden;	     /* behind a file without a name */
};

/*
 * On to the next entry that is one in the kallsyms of vmlinux: defined in a loaded section (nm's a,
 * A, N, n, U, u, w are left out), no file or section symbol.
 */
static bool step(struct walk *w)
{
	struct elf_symbol *s = &w->s;

	for (size_t i = s->index + 1; i < w->f->symnum; i++) {
		unsigned char type;

		elf_file_symbol(w->f, i, s);
		type = GELF_ST_TYPE(s->sym.st_info);
		if (type == STT_FILE)
			w->file = s->name[0] ? s->name : NULL;
		if (type == STT_FILE)
			w->hidden = !s->name[0];
		if (s->special || !s->name[0] || type == STT_FILE || type == STT_SECTION)
			continue;
		if ((w->f->sec[s->shndx].shdr.sh_flags & SHF_ALLOC) &&
		    GELF_ST_BIND(s->sym.st_info) != STB_GNU_UNIQUE)
			return true;
	}
	return false;
}

void kallsyms_each(const struct elf_file *f, void (*fn)(const struct ksym *sym, void *arg),
		   void *arg)
{
	struct walk w = {.f = f};
	struct ksym k;

	while (step(&w)) {
		describe(f, &w.s, w.file, &k);
		fn(&k, arg);
	}
}

void kallsyms_each_function(const struct elf_file *f, void (*fn)(const struct ksym *sym, void *arg),
			    void *arg)
{
	struct walk w = {.f = f};
	struct ksym k;

	while (step(&w)) {
		if (GELF_ST_TYPE(w.s.sym.st_info) != STT_FUNC)
			continue;
		describe(f, &w.s, w.file, &k);
		fn(&k, arg);
	}
}

int ksym_by_name_and_address(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;
	int diff = strcmp(x->name, y->name);

	if (diff)
		return diff;
	return ORDER(x->addr, y->addr) ?: ORDER(x->order, y->order);
}

struct collect {
	struct kallsyms *k;
	size_t cap;
};

static void keep(struct collect *c, const struct walk *w, const char *name)
{
	struct ksym *k;

	GROW(c->k->sym, c->k->n, c->cap);
	k = &c->k->sym[c->k->n++];
	describe(w->f, &w->s, w->file, k);
	k->name = name;
	if (c->k->program && w->hidden)
		k->global = true;
}

/* The symbol of a program that others get when they ask for the name without a version. */
static void keep_versioned(struct collect *c, const struct walk *w, size_t len)
{
	char *name = xstrndup(w->s.name, len);

	if (!kallsyms_wanted(c->k, name)) {
		free(name);
		return;
	}
	GROW(c->k->unversioned, c->k->names, c->k->names_cap);
	c->k->unversioned[c->k->names++] = name;
	keep(c, w, name);
}

/* Nearly all are not wanted, and not described. */
static void keep_wanted(struct collect *c, const struct walk *w)
{
	const char *name = w->s.name;
	const char *version = c->k->program ? strstr(name, "@@") : NULL;

	if (version)
		keep_versioned(c, w, (size_t)(version - name));
	else if (kallsyms_wanted(c->k, name) && !kallsyms_drops(c->k, name))
		keep(c, w, name);
}

/* Kernels without this function match exact names. */
#define BY_NAME "kallsyms_on_each_match_symbol"

/*
 * Position 0 means that the name is the only one; other positions count the symbols before. The
 * full name of one that was promoted is none to a kernel that takes it for the short one.
 */
static void mark_unsettled(struct kallsyms *k, struct ksym *promoted, const char *mark)
{
	char *was = xstrndup(promoted->name, (size_t)(mark - promoted->name));
	size_t count;
	const struct ksym *all = kallsyms_find(k, was, &count);

	promoted->unsettled = true;
	for (size_t i = 0; i < count; i++)
		k->sym[all - k->sym + (ptrdiff_t)i].unsettled |=
			count == 1 || all[i].addr > promoted->addr;
	free(was);
}

int kallsyms_read(struct kallsyms *k, const struct elf_file *vmlinux)
{
	struct collect c = {.k = k};
	struct walk w = {.f = vmlinux};
	bool by_name;
	size_t count;

	if (!vmlinux->symtab) {
		error("'%s': no symbol table (stripped?): use the debug vmlinux", vmlinux->path);
		return -1;
	}
	/* By these a System.map or kallsyms that was cut short is recognised. */
	kallsyms_want(k, "_stext");
	kallsyms_want(k, "_end");
	kallsyms_want(k, BY_NAME);
	k->lists_tables = lists_tables(k, vmlinux);
	while (step(&w))
		keep_wanted(&c, &w);
	if (k->n)
		qsort(k->sym, k->n, sizeof(*k->sym), ksym_by_name_and_address);
	k->is_read = true;
	by_name = kallsyms_find(k, BY_NAME, &count) != NULL;
	for (size_t i = 0; by_name && i < k->n; i++) {
		const char *mark = promoted_mark(k->sym[i].name);

		if (mark)
			mark_unsettled(k, &k->sym[i], mark);
	}
	return 0;
}

static int by_name_and_order(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;
	int diff = strcmp(x->name, y->name);

	if (diff)
		return diff;
	return ORDER(x->order, y->order);
}

int kallsyms_read_module(struct kallsyms *k, const struct elf_file *f)
{
	const char *file = NULL;
	size_t cap = 0;

	if (!f->symtab) {
		error("'%s': no symbol table (stripped?)", f->path);
		return -1;
	}
	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(f, i, &s);
		if (GELF_ST_TYPE(s.sym.st_info) == STT_FILE)
			file = s.name[0] ? s.name : NULL;
		if (s.sym.st_shndx == SHN_UNDEF || !kallsyms_wanted(k, s.name))
			continue;
		GROW(k->sym, k->n, cap);
		describe(f, &s, file, &k->sym[k->n++]);
	}
	if (k->n)
		qsort(k->sym, k->n, sizeof(*k->sym), by_name_and_order);
	k->is_read = true;
	return 0;
}

bool kallsyms_position(const struct ksym *all, size_t n, const struct ksym *sym, size_t *ret)
{
	size_t loading = 1, up = 1;

	for (const struct ksym *s = all; s < sym; s++) {
		loading++;
		up += s->kept;
	}
	*ret = n == 1 ? 0 : loading;
	return sym->kept && loading == up;
}

const struct ksym *kallsyms_find(const struct kallsyms *k, const char *name, size_t *count)
{
	size_t lo = COUNT_FIRST(i, k->n, strcmp(k->sym[i].name, name) < 0), end;

	if (!k->is_read)
		program_error("kallsyms_find() of '%s' before symbols were read", name);
	if (!kallsyms_wanted(k, name))
		program_error("kallsyms_find() of '%s', which no kallsyms_want() named", name);
	for (end = lo; end < k->n && !strcmp(k->sym[end].name, name); end++)
		;
	*count = end - lo;
	return *count ? &k->sym[lo] : NULL;
}

const struct ksym *kallsyms_promoted(const struct kallsyms *k, const char *name, size_t *count)
{
	char *begin = xasprintf("%s" KSYM_PROMOTED, name);
	size_t lo = COUNT_FIRST(i, k->n, strcmp(k->sym[i].name, begin) < 0), end = lo;

	while (end < k->n && str_starts(k->sym[end].name, begin))
		end++;
	free(begin);
	*count = end - lo;
	return k->sym + lo;
}

const struct ksym *kallsyms_at(const struct ksym *all, size_t n, uint64_t position)
{
	if (position == 0)
		return n == 1 ? all : NULL;
	return position <= n ? &all[position - 1] : NULL;
}

void ksym_place(const struct elf_file *f, const struct ksym *sym, char *ret, size_t size)
{
	size_t section = (size_t)(sym->addr >> 32);

	if (f->ehdr.e_type == ET_REL && section && section < f->shnum)
		snprintf(ret, size, "%s+0x%x", f->sec[section].name, (uint32_t)sym->addr);
	else
		snprintf(ret, size, "0x%llx", (unsigned long long)sym->addr);
}

const struct ksym *kallsyms_global(const struct ksym *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].global)
			return &all[i];
	}
	return NULL;
}

void kallsyms_free(struct kallsyms *k)
{
	strmap_free(&k->wanted);
	for (size_t i = 0; i < k->names; i++)
		free(k->unversioned[i]);
	free(k->unversioned);
	free(k->sym);
	memset(k, 0, sizeof(*k));
}
