// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module as an ELF file: what the loader requires of its header, its section table and the
 * sections that it looks for by name, before it reads any content.
 *
 * Rules: kernel/module/main.c, elf_validity_cache_copy() and what it calls (6.1:
 * elf_validity_check()); kernel/module/strict_rwx.c; kernel/module/sysfs.c.
 */
#include <stdlib.h>
#include <string.h>

#include "check/say.h"

#define THIS_MODULE ".gnu.linkonce.this_module"

/* elf_validity_ehdr(), elf_check_arch() */
static int check_header(const struct check *c)
{
	const GElf_Ehdr *mod = &c->mod->ehdr, *vmlinux = &c->target->vmlinux->ehdr;

	if (mod->e_type != ET_REL) {
		bad(c, "not a relocatable file (ELF type %u): is it a linked program?",
		    mod->e_type);
		return -1;
	}
	if (mod->e_machine != vmlinux->e_machine ||
	    mod->e_ident[EI_DATA] != vmlinux->e_ident[EI_DATA]) {
		bad(c,
		    "built for another machine (ELF machine %u) than '%s' (%u): compile it with "
		    "this kernel's headers",
		    mod->e_machine, c->target->vmlinux->path, vmlinux->e_machine);
		return -1;
	}
	if (mod->e_shentsize != sizeof(Elf64_Shdr))
		bad(c, "section headers of %u bytes: the loader takes %zu only", mod->e_shentsize,
		    sizeof(Elf64_Shdr));
	return 0;
}

/*
 * elf_validity_cache_sechdrs(): the loader reads the number of sections from e_shnum alone. A file
 * with more sections than fit there has the number in section 0.
 */
static void check_section_table(const struct check *c)
{
	const GElf_Shdr *zero = &c->mod->sec[0].shdr;

	if (c->mod->shnum >= SHN_LORESERVE)
		bad(c,
		    "%zu sections: the loader counts to %u only; build it without "
		    "-ffunction-sections and -fdata-sections",
		    c->mod->shnum, SHN_LORESERVE - 1);
	else if (zero->sh_type != SHT_NULL || zero->sh_size || zero->sh_addr)
		bad(c, "section 0 is not empty: elf_validity_cache_sechdrs() refuses the module");
}

/* elf_validity_cache_index_sym(), elf_validity_cache_strtab() */
static int check_symbol_table(const struct check *c)
{
	if (!c->mod->symtab) {
		bad(c, "no symbol table: the loader refuses a stripped module; strip it only with "
		       "eu-strip -g");
		return -1;
	}
	if (c->mod->symnum == 0) {
		bad(c, "the symbol table is empty: not even the null symbol is there");
		return -1;
	}
	if (c->mod->strtab[0])
		bad(c, "the symbol name table does not begin with a NUL: "
		       "elf_validity_cache_strtab() refuses the module");
	return 0;
}

/* find_any_unique_sec(): how many sections have that name; *index is the last of them. */
static size_t count_sections(const struct check *c, const char *name, size_t *index)
{
	size_t n = 0;

	for (size_t i = 1; i < c->mod->shnum; i++) {
		if (strcmp(c->mod->sec[i].name, name) != 0)
			continue;
		*index = i;
		n++;
	}
	return n;
}

/*
 * elf_validity_cache_index_mod(). check/patch/patch.c compares the size, when the layout is known.
 */
static void check_this_module(const struct check *c)
{
	size_t index = 0, n = count_sections(c, THIS_MODULE, &index);
	const GElf_Shdr *shdr = &c->mod->sec[index].shdr;

	if (n != 1)
		bad(c,
		    "%zu sections '" THIS_MODULE "' instead of one: the loader refuses the "
		    "module; let kbuild's modpost make it",
		    n);
	else if (shdr->sh_type == SHT_NOBITS || !(shdr->sh_flags & SHF_ALLOC))
		bad(c, "section '" THIS_MODULE "' holds no loaded data: the loader refuses the "
		       "module");
}

static void check_modinfo_section(const struct check *c)
{
	size_t index, n = count_sections(c, ".modinfo", &index), size;
	const unsigned char *data;

	if (n != 1) {
		bad(c,
		    "%zu sections '.modinfo' instead of one: the loader refuses the module; let "
		    "kbuild's modpost make it",
		    n);
		return;
	}
	if (elf_file_bytes(c->mod, index, &data, &size))
		return;
	if (!data || data[size - 1] != '\0')
		bad(c, "section '.modinfo' does not end with a NUL: get_modinfo() would read "
		       "beyond it");
}

/* module_enforce_rwx_sections() */
static void check_section_flags(const struct check *c)
{
	const GElf_Xword wx = SHF_WRITE | SHF_EXECINSTR;

	for (size_t i = 1; i < c->mod->shnum; i++) {
		if ((c->mod->sec[i].shdr.sh_flags & wx) == wx)
			bad(c,
			    "section '%s' (%zu) is writable and executable: "
			    "module_enforce_rwx_sections() refuses the module",
			    c->mod->sec[i].name, i);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct elf_section *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* add_sect_attrs(): /sys/module/NAME/sections/ has one file for each loaded section. */
static void check_section_names(const struct check *c)
{
	const struct elf_section **loaded = xcalloc(c->mod->shnum, sizeof(*loaded));
	size_t n = 0;

	for (size_t i = 1; i < c->mod->shnum; i++) {
		const struct elf_section *s = &c->mod->sec[i];

		if ((s->shdr.sh_flags & SHF_ALLOC) && s->shdr.sh_size)
			loaded[n++] = s;
	}
	qsort(loaded, n, sizeof(*loaded), by_name);
	for (size_t i = 1; i < n; i++) {
		if (!strcmp(loaded[i - 1]->name, loaded[i]->name) &&
		    (i == 1 || strcmp(loaded[i - 2]->name, loaded[i]->name) != 0))
			bad(c,
			    "two loaded sections are named '%s': add_sect_attrs() cannot create "
			    "the second one's file in sysfs, newer kernels then refuse the module",
			    loaded[i]->name);
	}
	free(loaded);
}

/*
 * Type information for another kernel: btf_module_notify() of kernel/bpf/btf.c refuses a module
 * whose BTF does not match the running kernel's.
 */
static void check_unwanted(const struct check *c)
{
	size_t index = elf_file_section(c->mod, ".BTF");

	if (index && c->mod->sec[index].shdr.sh_size)
		odd(c, "it has a section '.BTF': where that does not match the running kernel's "
		       "types, btf_module_notify() refuses the module\n"
		       "  remove it with objcopy -R .BTF");
}

int check_shape(struct check *c)
{
	if (check_header(c))
		return -1;
	check_section_table(c);
	if (check_symbol_table(c))
		return -1;
	check_this_module(c);
	check_modinfo_section(c);
	check_section_flags(c);
	check_section_names(c);
	check_unwanted(c);
	return 0;
}
