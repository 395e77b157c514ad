// SPDX-License-Identifier: GPL-2.0-only
/*
 * Type, flags and alignment of the module's sections. The loader follows them without asking
 * whether they make sense. Here the names say what is expected: compilers make code executable and
 * data writable under certain names, so a header that says otherwise is damaged.
 *
 * Rules: kernel/module/main.c, layout_sections(), move_module() and apply_relocations();
 * kernel/module/strict_rwx.c.
 */
#include <string.h>

#include "check/say.h"

/* More than a page of any kernel: module_alloc() aligns to no more than a page. */
#define ALIGN_MAX 0x10000

/* Sections that have code, by their names. */
static bool is_named_code(const char *name)
{
	return str_starts(name, ".text") || !strcmp(name, ".init.text") ||
	       !strcmp(name, ".exit.text");
}

static bool is_named_data(const char *name)
{
	return (str_starts(name, ".data") && !str_starts(name, ".data.rel.ro")) ||
	       str_starts(name, ".bss") || !strcmp(name, ".gnu.linkonce.this_module");
}

/* Sections that the loader looks for by name, or that the module needs. */
static bool is_read_at_loading(const char *name)
{
	return !strcmp(name, ".modinfo") || str_starts(name, "__version") || is_named_code(name) ||
	       is_named_data(name) || str_starts(name, ".rodata");
}

/* layout_sections() groups sections by their flags, which decide how the memory is mapped. */
static void check_flags(const struct check *c, const struct elf_section *s)
{
	GElf_Xword flags = s->shdr.sh_flags;

	if (!s->shdr.sh_size)
		return;
	if (!(flags & SHF_ALLOC)) {
		if (is_read_at_loading(s->name))
			bad(c, "section '%s' lacks SHF_ALLOC: layout_sections() leaves it out",
			    s->name);
		return;
	}
	if (is_named_code(s->name) && !(flags & SHF_EXECINSTR))
		bad(c,
		    "section '%s' lacks SHF_EXECINSTR: the kernel faults when it runs what is in there",
		    s->name);
	if (is_named_data(s->name) && !(flags & SHF_WRITE))
		bad(c, "section '%s' lacks SHF_WRITE: the kernel faults when it writes to it",
		    s->name);
}

/*
 * move_module() copies all sections but SHT_NOBITS, which it leaves as zeros; apply_relocations()
 * goes by the type.
 */
static void check_type(const struct check *c, const struct elf_section *s)
{
	const GElf_Shdr *shdr = &s->shdr;

	if (!(shdr->sh_flags & SHF_ALLOC) || !shdr->sh_size)
		return;
	switch (shdr->sh_type) {
	case SHT_NOBITS:
		if (!(shdr->sh_flags & SHF_WRITE) && shdr->sh_size > 1)
			bad(c,
			    "section '%s' has no bytes in the file (SHT_NOBITS): move_module() would "
			    "make %s of it that are all zeros",
			    s->name, shdr->sh_flags & SHF_EXECINSTR ? "instructions" : "constants");
		break;
	case SHT_NULL:
	case SHT_SYMTAB:
	case SHT_STRTAB:
	case SHT_REL:
	case SHT_DYNAMIC:
	case SHT_GROUP:
	case SHT_SYMTAB_SHNDX:
		bad(c, "section '%s' is to be loaded, but its type is 0x%x: it is damaged", s->name,
		    shdr->sh_type);
		break;
	default:
		break;
	}
}

/* layout_sections() rounds offsets up to the alignment with ALIGN(), which needs a power of two. */
static void check_alignment(const struct check *c, const struct elf_section *s)
{
	GElf_Xword align = s->shdr.sh_addralign;

	if (!(s->shdr.sh_flags & SHF_ALLOC))
		return;
	if (align & (align - 1))
		bad(c,
		    "section '%s' has an alignment of 0x%llx, which is not a power of two: "
		    "layout_sections() would make it overlap what is before it",
		    s->name, (unsigned long long)align);
	else if (align > ALIGN_MAX)
		bad(c,
		    "section '%s' has an alignment of 0x%llx: layout_sections() finds no memory for "
		    "that, and module_alloc() aligns to a page only",
		    s->name, (unsigned long long)align);
}

/*
 * apply_relocations() goes by type and sh_info. The linker names such a section after its target,
 * so the three have to agree.
 */
static void check_relocating(const struct check *c, const struct elf_section *s)
{
	const char *named = s->name + strlen(".rela");
	size_t target;

	if (!str_starts(s->name, ".rela"))
		return;
	target = elf_file_section(c->mod, named);
	if (!target || !(c->mod->sec[target].shdr.sh_flags & SHF_ALLOC))
		return;
	if (s->shdr.sh_type != SHT_RELA)
		bad(c,
		    "section '%s' has type 0x%x instead of SHT_RELA (4): apply_relocations() skips "
		    "it, and '%s' is not relocated",
		    s->name, s->shdr.sh_type, named);
	else if (s->shdr.sh_info < c->mod->shnum &&
		 strcmp(c->mod->sec[s->shdr.sh_info].name, named) != 0)
		bad(c, "section '%s' relocates '%s', not the section that it is named after",
		    s->name, c->mod->sec[s->shdr.sh_info].name);
}

/*
 * A section without bytes in the file cannot be relocated: all of it but the relocated places would
 * be zeros.
 */
static void check_relocated(const struct check *c, const struct elf_section *rela)
{
	const struct elf_section *to;

	if (rela->shdr.sh_type != SHT_RELA || !rela->shdr.sh_size ||
	    rela->shdr.sh_info >= c->mod->shnum)
		return;
	to = &c->mod->sec[rela->shdr.sh_info];
	if (to->shdr.sh_type == SHT_NOBITS && (to->shdr.sh_flags & SHF_ALLOC))
		bad(c,
		    "section '%s' relocates '%s', which has no bytes in the file (SHT_NOBITS): "
		    "move_module() would make zeros of all else in there",
		    rela->name, to->name);
}

/* Code that reads the last string of such a section needs its NUL to find the end. */
static void check_strings(const struct check *c, size_t index)
{
	const struct elf_section *s = &c->mod->sec[index];
	const unsigned char *text;
	size_t size;

	if (!(s->shdr.sh_flags & SHF_ALLOC) || !(s->shdr.sh_flags & SHF_STRINGS) ||
	    s->shdr.sh_type != SHT_PROGBITS || s->shdr.sh_entsize > 1 ||
	    elf_file_bytes(c->mod, index, &text, &size) || !text || !size)
		return;
	if (text[size - 1])
		bad(c,
		    "section '%s' ends in the middle of a text: who reads it reads on in what lies "
		    "behind",
		    s->name);
}

void check_sections(const struct check *c)
{
	for (size_t i = 1; i < c->mod->shnum; i++) {
		const struct elf_section *s = &c->mod->sec[i];

		check_flags(c, s);
		check_type(c, s);
		check_alignment(c, s);
		check_relocating(c, s);
		check_relocated(c, s);
		check_strings(c, i);
	}
}
