// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's symbol positions: see kallsyms.h. */
#include "kallsyms.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "livepatch.h"
#include "modinfo.h"
#include "util.h"

/*
 * Names that never reach the kernel's kallsyms. The two lists of scripts/mksysmap and
 * scripts/kallsyms.c have moved between the files over the years; their union holds for all,
 * since no kernel has a function or variable to patch under such a name.
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
		"kallsyms_addresses",
		"kallsyms_offsets",
		"kallsyms_relative_base",
		"kallsyms_num_syms",
		"kallsyms_names",
		"kallsyms_markers",
		"kallsyms_token_table",
		"kallsyms_token_index",
		"kallsyms_seqs_of_names",
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
	       strlen(name) > KLP_SYMBOL_NAME_MAX;
}

void kallsyms_want(struct kallsyms *k, const char *name)
{
	strmap_add(&k->wanted, name, 0);
}

/* Was this name asked for, as it stands or as one of a numbered family? */
static bool is_wanted(const struct kallsyms *k, const char *name)
{
	const char *dot;
	char family[KLP_SYMBOL_NAME_MAX + 1];

	if (strmap_get(&k->wanted, name))
		return true;
	dot = strrchr(name, '.');
	if (!dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")] ||
	    (size_t)(dot - name) + 1 >= sizeof(family))
		return false;
	memcpy(family, name, (size_t)(dot - name) + 1);
	family[dot - name + 1] = '\0';
	return strmap_get(&k->wanted, family) != NULL;
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

bool is_init_section(const struct elf_file *f, const char *name)
{
	const char *vermagic;

	if (str_starts(name, ".init"))
		return true;
	if (!str_starts(name, ".exit") || f->ehdr.e_type != ET_REL)
		return str_starts(name, ".exit");
	vermagic = modinfo_first(f, "vermagic");
	return vermagic && !strstr(vermagic, " mod_unload ");
}

static void describe(const struct elf_file *f, size_t i, const struct elf_symbol *s,
		     const char *file, struct ksym *ret)
{
	const struct elf_section *sec = s->special ? NULL : &f->sec[s->shndx];
	bool placed = sec && f->ehdr.e_type == ET_REL;

	*ret = (struct ksym){
		.name = s->name,
		.addr = placed ? elf_place(s->shndx, s->sym.st_value) : s->sym.st_value,
		.size = s->sym.st_size,
		.type = sec ? type_letter(&sec->shdr, &s->sym) : 'a',
		.elf_type = GELF_ST_TYPE(s->sym.st_info),
		.global = GELF_ST_BIND(s->sym.st_info) != STB_LOCAL,
		.init = sec && is_init_section(f, sec->name),
		.order = i,
	};
	ret->file = ret->global ? NULL : file;
	/* kernel/module/kallsyms.c, is_core_symbol(); vmlinux's kallsyms forget nothing */
	ret->kept =
		f->ehdr.e_type != ET_REL || (sec && (sec->shdr.sh_flags & SHF_ALLOC) && !ret->init);
}

/*
 * One pass over a symbol table. fn gets every entry that is one in the kallsyms of vmlinux: defined
 * in a loaded section (nm's a, A, N, n, U, u, w are left out), no file or section symbol.
 */
void kallsyms_each(const struct elf_file *f, void (*fn)(const struct ksym *sym, void *arg),
		   void *arg)
{
	const char *file = NULL;

	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;
		unsigned char type;
		struct ksym k;

		elf_file_symbol(f, i, &s);
		type = GELF_ST_TYPE(s.sym.st_info);
		if (type == STT_FILE)
			file = s.name[0] ? s.name : NULL;
		if (s.special || !s.name[0] || type == STT_FILE || type == STT_SECTION)
			continue;
		if (!(f->sec[s.shndx].shdr.sh_flags & SHF_ALLOC) ||
		    GELF_ST_BIND(s.sym.st_info) == STB_GNU_UNIQUE)
			continue;
		describe(f, i, &s, file, &k);
		fn(&k, arg);
	}
}

static int by_name_and_address(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;
	int diff = strcmp(x->name, y->name);

	if (diff)
		return diff;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

struct collect {
	struct kallsyms *k;
	size_t cap;
};

static void keep_wanted(const struct ksym *sym, void *arg)
{
	struct collect *c = arg;

	if (!is_wanted(c->k, sym->name) || kallsyms_ignored(sym->name))
		return;
	GROW(c->k->sym, c->k->n, c->cap);
	c->k->sym[c->k->n++] = *sym;
}

int kallsyms_read(struct kallsyms *k, const struct elf_file *vmlinux)
{
	struct collect c = {.k = k};

	if (!vmlinux->symtab) {
		error("'%s': no symbol table (stripped?): use the debug vmlinux", vmlinux->path);
		return -1;
	}
	/* A System.map or kallsyms is told from a cut-short one by these. */
	kallsyms_want(k, "_stext");
	kallsyms_want(k, "_end");
	kallsyms_each(vmlinux, keep_wanted, &c);
	if (k->n)
		qsort(k->sym, k->n, sizeof(*k->sym), by_name_and_address);
	return 0;
}

static int by_name_and_order(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;
	int diff = strcmp(x->name, y->name);

	if (diff)
		return diff;
	return x->order < y->order ? -1 : x->order > y->order;
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
		if (s.sym.st_shndx == SHN_UNDEF || !is_wanted(k, s.name))
			continue;
		GROW(k->sym, k->n, cap);
		describe(f, i, &s, file, &k->sym[k->n++]);
	}
	if (k->n)
		qsort(k->sym, k->n, sizeof(*k->sym), by_name_and_order);
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
	size_t lo = 0, hi = k->n, end;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(k->sym[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < k->n && !strcmp(k->sym[end].name, name); end++)
		;
	*count = end - lo;
	return *count ? &k->sym[lo] : NULL;
}

const struct ksym *kallsyms_global(const struct ksym *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].global)
			return &all[i];
	}
	return NULL;
}

/* A line of the witness, its name wanted: ordered like the symbols it is compared with. */
struct text_sym {
	const char *name;
	uint64_t addr;
	size_t order;
	bool absolute; /* 'A': absolute, which does not count, or per-CPU */
};

static int text_by_name_and_address(const void *a, const void *b)
{
	const struct text_sym *x = a, *y = b;
	int diff = strcmp(x->name, y->name);

	if (diff)
		return diff;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/*
 * "ADDRESS TYPE NAME[\t[MODULE]]" into its parts, in place. Returns 1 for a symbol of vmlinux,
 * 0 for one of a module (or of eBPF and ftrace: all in brackets), -1 for another form.
 */
static int parse_line(char *line, char *type, char **name)
{
	char *end = line + strspn(line, "0123456789abcdefABCDEF");

	if (end == line || end - line > 16 || end[0] != ' ' || !end[1] || end[2] != ' ' || !end[3])
		return -1;
	*type = end[1];
	*name = end + 3;
	end = *name + strcspn(*name, " \t");
	if (*end == '\0')
		return 1;
	*end++ = '\0';
	return strchr(end, '[') ? 0 : -1;
}

static int read_text(const struct kallsyms *k, const char *path, char *text, size_t size,
		     struct text_sym **ret, size_t *n)
{
	size_t cap = 0, line_number = 0;
	char *line = text, *next;
	bool any_address = false;

	*ret = NULL;
	*n = 0;
	if (size == 0 || text[size - 1] != '\n') {
		error("'%s': cut short: the last line is not whole", path);
		return -1;
	}
	for (; line < text + size; line = next) {
		char *name, type;
		uint64_t addr;
		int kind;

		next = strchr(line, '\n');
		if (!next) {
			error("'%s': not a list of symbols: a NUL byte in it", path);
			return -1;
		}
		*next++ = '\0';
		line_number++;
		kind = parse_line(line, &type, &name);
		if (kind < 0) {
			error("'%s' line %zu: not 'ADDRESS TYPE NAME': '%.60s'", path, line_number,
			      line);
			return -1;
		}
		/* nm's absolute (before kallsyms turns per-CPU symbols into 'A'), weak undefined */
		if (kind == 0 || type == 'a' || type == 'w' || type == 'U' || !is_wanted(k, name) ||
		    kallsyms_ignored(name))
			continue;
		addr = strtoull(line, NULL, 16);
		any_address |= addr != 0;
		GROW(*ret, *n, cap);
		(*ret)[*n] = (struct text_sym){
			.name = name, .addr = addr, .order = *n, .absolute = type == 'A'};
		(*n)++;
	}
	if (*n && !any_address) {
		error("'%s': all addresses are zero (kernel.kptr_restrict): read it as root", path);
		return -1;
	}
	if (*n)
		qsort(*ret, *n, sizeof(**ret), text_by_name_and_address);
	return 0;
}

static const struct text_sym *find_text(const struct text_sym *sym, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(sym[i].name, name))
			return &sym[i];
	}
	return NULL;
}

static void report_difference(const struct ksym *sym, const struct text_sym *text, int diff,
			      uint64_t shift, const char *vmlinux, const char *path)
{
	if (diff == 0)
		error("'%s' has '%s' at 0x%llx, '%s' has it at 0x%llx: not the same build", path,
		      text->name, (unsigned long long)text->addr, vmlinux,
		      (unsigned long long)(sym->addr + shift));
	else
		error("'%s' and '%s' differ in how often they have '%s': not the same build", path,
		      vmlinux, diff < 0 ? sym->name : text->name);
}

/*
 * Both lists are sorted alike, so equal symbols stand at equal places. Addresses are equal, or
 * all moved by KASLR; absolute and per-CPU symbols stay where they are.
 */
static int compare(const struct kallsyms *k, const struct elf_file *vmlinux, const char *path,
		   const struct text_sym *text, size_t n)
{
	const struct text_sym *base;
	const struct ksym *stext;
	uint64_t shift = 0;
	size_t count;

	stext = kallsyms_find(k, "_stext", &count);
	base = find_text(text, n, "_stext");
	if (stext && base)
		shift = base->addr - stext->addr;
	for (size_t i = 0, j = 0; i < k->n || j < n;) {
		int diff = i >= k->n ? 1 : j >= n ? -1 : strcmp(k->sym[i].name, text[j].name);

		if (diff == 0 &&
		    (text[j].addr == k->sym[i].addr + shift || text[j].addr == k->sym[i].addr)) {
			i++;
			j++;
		} else if (diff >= 0 && text[j].absolute) {
			j++;
		} else {
			report_difference(&k->sym[i], &text[j], diff, shift, vmlinux->path, path);
			return -1;
		}
	}
	return 0;
}

int kallsyms_verify(const struct kallsyms *k, const struct elf_file *vmlinux, const char *path)
{
	struct text_sym *sym = NULL;
	size_t size, n, count;
	char *text;
	int ret = -1;

	if (read_file(path, &text, &size))
		return -1;
	if (read_text(k, path, text, size, &sym, &n))
		goto out;
	if (!find_text(sym, n, "_stext") ||
	    (kallsyms_find(k, "_end", &count) && !find_text(sym, n, "_end"))) {
		error("'%s': cut short: it does not reach from _stext to _end", path);
		goto out;
	}
	ret = compare(k, vmlinux, path, sym, n);
out:
	free(sym);
	free(text);
	return ret;
}

void kallsyms_free(struct kallsyms *k)
{
	strmap_free(&k->wanted);
	free(k->sym);
	k->sym = NULL;
	k->n = 0;
}
